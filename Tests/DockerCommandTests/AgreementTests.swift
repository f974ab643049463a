import Foundation
import TestSupport
import Testing

/// What is refused without a daemon is refused in docker's words and with its exit code.
@Suite(.enabled(if: InstalledDocker.path != nil, "docker's CLI 28 is not installed"))
struct AgreementTests {
    @Test(arguments: [
        "run", "run --nope", "run -z x", "run --name", "run -p", "run -m 5q x", "run --cpus z x", "run -p a:b x",
        "run -p 99999 x", "run -p 1-2:3-5 x", "run -p 1.2.3:80:80 x", "run -p 80/foo x", "run --mount foo x",
        "run --mount type=bind x", "run --mount type=tmpfs,dst=/x,volume-nocopy x",
        "run --mount type=bind,nope=1,dst=/x x",
        "run --restart always --rm x", "run --restart on-failure:x x", "run -d -a stdin x", "run --ulimit z x",
        "run --ulimit nofile=3:2 x", "run --ulimit foo=3 x", "run --pull foo x", "run --stop-timeout z x",
        "run --health-interval 1 x", "run --health-interval 1q x", "run --no-healthcheck --health-cmd x x",
        "run --detach=maybe x", "run --env-file nope x", "run --label-file nope x", "run --add-host x y",
        "run --add-host x:y z", "run --security-opt x x", "run --memory-swappiness 900 x", "run Foo", "run -it x",
        "run x",
        "run --cidfile nope/cid x", "create --cidfile nope/cid x",
        "run --pid foo x", "run --uts foo x", "run --userns foo x", "run --cgroupns foo x",
        "run --log-driver none --log-opt a=b x",
        "run --network a --network bridge x", "run --network a --network a x", "run -a foo x",
        "run --blkio-weight 70000 x",
        "run --mac-address z x", "run --expose a:b x", "run --expose z x", "run --dns z x",
        "run --detach-keys ctrl-1x x",
        "create", "create Foo", "create --nope", "create --restart on-failure:x x", "create x", "rm", "ps --nope",
        "ps x",
        "ps --last x", "nope", "image nope", "volume nope", "container nope", "network nope", "system nope", "stop",
        "stop -t x y",
        "kill", "wait", "rename a", "logs", "logs a b", "exec", "exec a", "exec a b", "inspect", "inspect --type foo x",
        "inspect --format {{.x x", "logs --since x c", "pull", "pull -a x:y", "pull Foo", "rmi", "tag a", "images a b",
        "cp a", "cp a b",
        "cp a:b c:d",
        "port", "port a b c", "top", "commit", "save", "import", "load x", "version x", "info x", "events x",
        "volume create a b", "volume rm", "volume inspect", "network create", "network rm", "network connect a",
        "--nope", "ps", "stats x", "update x", "update --restart z:y x", "attach", "attach x", "start", "start -a a b",
        "container run --nope", "image pull", "diff", "history", "export", "ps --format {{.Nope", "events --since x",
        "system df x",
    ])
    func refusalsAgree(_ line: String) async throws {
        let docker = try #require(InstalledDocker.path)
        let directory = try TestDirectory.make()
        defer { TestDirectory.remove(directory) }
        let words = line.split(separator: " ").map(String.init)
        let place = Surroundings(directory: directory)
        let expected = try InstalledDocker.run(docker, words, place)
        let own = try await OwnCommand.run(words, place)
        #expect(own.error.trimmingCharacters(in: .newlines) == expected.error.trimmingCharacters(in: .newlines))
        #expect(own.code == expected.code)
    }
}
