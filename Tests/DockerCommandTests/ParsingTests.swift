import DockerCommand
import Testing

@Suite struct ParsingTests {
    private func refusal(_ line: String) -> UsageError? {
        do {
            _ = try DockerInvocation.parse(line.split(separator: " ").map(String.init))
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        ("run --nope", "unknown flag: --nope"), ("run -z x", "unknown shorthand flag: 'z' in -z"),
        ("run --name", "flag needs an argument: --name"), ("run -itp", "flag needs an argument: 'p' in -p"),
        ("run -m 5q x", #"invalid argument "5q" for "-m, --memory" flag: invalid suffix: 'q'"#),
        ("run --cpus z x", #"invalid argument "z" for "--cpus" flag: failed to parse z as a rational number"#),
        (
            "run --mount foo x",
            #"invalid argument "foo" for "--mount" flag: invalid field 'foo' must be a key=value pair"#
        ),
        ("run --mount type=bind x", #"invalid argument "type=bind" for "--mount" flag: target is required"#),
        ("run --ulimit z x", #"invalid argument "z" for "--ulimit" flag: invalid ulimit argument: z"#),
        (
            "run --stop-timeout z x",
            #"invalid argument "z" for "--stop-timeout" flag: strconv.ParseInt: parsing "z": invalid syntax"#
        ),
        (
            "run --health-interval 1 x",
            #"invalid argument "1" for "--health-interval" flag: time: missing unit in duration "1""#
        ),
        (
            "run --detach=maybe x",
            #"invalid argument "maybe" for "-d, --detach" flag: strconv.ParseBool: parsing "maybe": invalid syntax"#
        ),
        ("run --add-host x y", #"invalid argument "x" for "--add-host" flag: bad format for add-host: "x""#),
    ])
    func flagsAreRefusedInDockersWords(_ line: String, _ message: String) {
        let usage =
            "\n\nUsage:  docker run [OPTIONS] IMAGE [COMMAND] [ARG...]\n\nRun 'docker run --help' for more information"
        #expect(refusal(line) == UsageError(message: message + usage, exitCode: 125))
    }

    @Test(arguments: [
        (
            "rm",
            "docker: 'docker rm' requires at least 1 argument\n\nUsage:  docker rm [OPTIONS] CONTAINER [CONTAINER...]\n\nSee 'docker rm --help' for more information"
        ),
        (
            "ps x",
            "docker: 'docker ps' accepts no arguments\n\nUsage:  docker ps [OPTIONS]\n\nRun 'docker ps --help' for more information"
        ),
        (
            "container rename a",
            "docker: 'docker container rename' requires 2 arguments\n\nUsage:  docker container rename CONTAINER NEW_NAME\n\nRun 'docker container rename --help' for more information"
        ),
        ("nope", "docker: unknown command: docker nope\n\nRun 'docker --help' for more information"),
    ])
    func wordsAreCounted(_ line: String, _ message: String) {
        #expect(refusal(line) == UsageError(message: message, exitCode: 1))
    }

    @Test func shortFlagsCombineAndTakeValues() throws {
        let run = try DockerInvocation.parse(["run", "-itp80:80", "--name=web", "-e", "A=-x", "nginx", "-t", "--rm"])
        #expect(run.usesTerminal && run.keepsStdinOpen && !run.isDetached)
        #expect(run.value(ofFlag: "publish") == "80:80")
        #expect(run.value(ofFlag: "name") == "web")
        #expect(run.operands == ["nginx", "-t", "--rm"])
        #expect(run.value(ofFlag: "rm") == nil)
        #expect(run.command == "container run")
    }

    @Test func flagsMayFollowWordsWhereDockerLetsThem() throws {
        let remove = try DockerInvocation.parse(["-H", "unix:///s", "rm", "a", "-fv", "--", "-b"])
        #expect(remove.operands == ["a", "-b"])
        #expect(remove.value(ofFlag: "force") == "true")
        #expect(remove.global.hosts == ["unix:///s"])
    }

    @Test func imagesAreFoundWhereTheyStand() throws {
        #expect(try DockerInvocation.parse(["run", "-d", "--name", "nginx", "nginx", "nginx"]).imageArguments == [4])
        #expect(try DockerInvocation.parse(["tag", "a", "b"]).imageArguments == [1, 2])
        #expect(try DockerInvocation.parse(["inspect", "--type", "container", "a"]).imageArguments.isEmpty)
        #expect(try DockerInvocation.parse(["commit", "c", "image"]).imageArguments == [2])
        let list = try DockerInvocation.parse(["ps", "--filter", "ancestor=nginx", "-f=name=nginx"])
        #expect(
            list.mappingImages { $0 == "nginx" ? "R/nginx" : nil } == [
                "ps", "--filter", "ancestor=R/nginx", "-f=name=nginx",
            ])
    }

    @Test func labelsAndFiltersGoBehindTheCommand() throws {
        let run = try DockerInvocation.parse(["-D", "container", "run", "-d", "nginx"])
        #expect(run.addingLabels([("k", "v")]) == ["-D", "container", "run", "--label", "k=v", "-d", "nginx"])
        #expect(run.addingFilter("label=k=v") == run.arguments)
        let list = try DockerInvocation.parse(["ps", "-qa"])
        #expect(list.addingFilter("label=k=v") == ["ps", "--filter", "label=k=v", "-qa"])
        #expect(list.isRepeatable && !run.isRepeatable)
        #expect(try !DockerInvocation.parse(["logs", "-f", "c"]).isRepeatable)
    }
}
