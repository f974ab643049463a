import Testing

@testable import Engine

/// Goal: cgroups of ended containers are let go in time, and at once for who waits. Method: turns that are asked for, with
/// nothing behind them.
@Suite(.timeLimit(.minutes(1)))
struct EndedCgroupsTests {
    @Test func theirTurnComesInTheQuiet() async {
        let ended = EndedCgroups()
        let begun = ContinuousClock.now
        ended.startBegins()
        await ended.turn(of: "a")
        #expect(ContinuousClock.now - begun >= .milliseconds(20))
    }

    @Test func whoIsWaitedForHasItsTurnAtOnce() async {
        let ended = EndedCgroups()
        let burst = Task { while !Task.isCancelled { ended.startBegins(); await Task.yield() } }
        ended.hurry("before")
        await ended.turn(of: "before")
        async let turn: Void = ended.turn(of: "after")
        ended.hurry("after")
        await turn
        burst.cancel()
    }

    /// In a burst that goes on they go many at once, and those that are too few for that after a while.
    @Test func aBurstKeepsNobodyForEver() async {
        let ended = EndedCgroups()
        let burst = Task { while !Task.isCancelled { ended.startBegins(); await Task.yield() } }
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<70 { group.addTask { await ended.turn(of: "\(number)") } }
        }
        burst.cancel()
    }

    @Test func noneWaitsOnceItIsClosed() async {
        let ended = EndedCgroups()
        async let turn: Void = ended.turn(of: "a")
        ended.close()
        await turn
        await ended.turn(of: "b")
    }
}
