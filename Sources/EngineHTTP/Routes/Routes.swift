import Engine

/// All operations of the daemon; each has a file of its own.
public enum Routes {
    /// The operations over an engine.
    public static func all(_ engine: Engine, identity: ServerIdentity) -> [Route] {
        withoutEngine + system(engine, identity) + containers(engine) + exec(engine) + images(engine) + networks(engine)
            + volumes(engine) + absent
    }

    /// What can be answered while the engine is being opened: that there is a daemon, and how to talk to it.
    public static let withoutEngine: [Route] = [.ping(.GET), .ping(.HEAD)]

    private static func system(_ engine: Engine, _ identity: ServerIdentity) -> [Route] {
        [
            .version(engine, identity), .information(engine), .events(engine),
            .diskUsage(engine), .authenticate(engine),
        ]
    }

    private static func containers(_ engine: Engine) -> [Route] {
        [
            .createContainer(engine), .listContainers(engine), .pruneContainers(engine), .inspectContainer(engine),
            .startContainer(engine), .stopContainer(engine), .restartContainer(engine), .killContainer(engine),
            .pauseContainer(engine), .unpauseContainer(engine), .renameContainer(engine), .updateContainer(engine),
            .resizeContainer(engine), .waitContainer(engine), .attachContainer(engine), .containerLogs(engine),
            .containerTop(engine), .containerStatistics(engine), .containerChanges(engine), .exportContainer(engine),
            .getArchive(engine), .headArchive(engine), .putArchive(engine), .removeContainer(engine),
        ]
    }

    private static func exec(_ engine: Engine) -> [Route] {
        [.createExec(engine), .startExec(engine), .inspectExec(engine), .resizeExec(engine)]
    }

    private static func images(_ engine: Engine) -> [Route] {
        [
            .listImages(engine), .createImage(engine), .loadImages(engine), .saveImages(engine), .saveImage(engine),
            .pruneImages(engine), .inspectImage(engine), .imageHistory(engine), .tagImage(engine),
            .removeImage(engine), .describeRemote(engine),
        ]
    }

    private static func networks(_ engine: Engine) -> [Route] {
        [
            .listNetworks(engine), .inspectNetwork(engine), .createNetwork(engine), .removeNetwork(engine),
            .pruneNetworks(engine),
        ]
    }

    private static func volumes(_ engine: Engine) -> [Route] {
        [
            .createVolume(engine), .listVolumes(engine), .inspectVolume(engine), .removeVolume(engine),
            .pruneVolumes(engine),
        ]
    }
}
