import Engine
import Synchronization
import Testing

/// Goal: listeners get every event once and in order, the past is remembered, and filters choose as dockerd's do.
/// Method: a bus with a clock of the test's own.
@Suite struct EventTests {
    private static func event(
        _ kind: Event.Kind, _ action: String, actor: String = "0123456789ab", _ attributes: [(String, String)] = []
    ) -> Event {
        Event(kind, action, actor: actor, attributes: attributes.map { Event.Attribute($0.0, $0.1) }, time: 1)
    }

    @Test func listenersGetWhatComesAfterThey() async {
        let bus = EventBus { 5 }
        bus.publish(.container, "create", actor: "a")
        let stream = bus.listen()
        bus.publish(.container, "start", actor: "a")
        bus.publish(.container, "die", actor: "a")
        bus.finish()
        var seen: [Event] = []
        for await event in stream { seen.append(event) }
        #expect(seen.map(\.action) == ["start", "die"])
        #expect(seen[0].time < seen[1].time, "two events of one moment are kept apart")
    }

    @Test func thePastIsCutBySinceAndUntil() async {
        let time = Atomic<Int64>(0)
        let bus = EventBus { time.load(ordering: .relaxed) }
        for moment in 1...300 {
            time.store(Int64(moment * 10), ordering: .relaxed)
            bus.publish(.image, "pull", actor: "\(moment)")
        }
        var seen: [String] = []
        for await event in bus.past(since: 2900, until: 2950, continues: false) { seen.append(event.actor) }
        #expect(seen == ["290", "291", "292", "293", "294", "295"])
        var all = 0
        for await _ in bus.past(since: 0, until: nil, continues: false) { all += 1 }
        #expect(all == 256)
    }

    @Test func aSlowListenerLosesItsStreamAndNobodyElse() async {
        let bus = EventBus { 0 }
        let slow = bus.listen()
        for number in 0..<5000 { bus.publish(.container, "create", actor: "\(number)") }
        var seen = 0
        for await _ in slow { seen += 1 }
        #expect(seen == 4096)
        let other = bus.listen()
        bus.publish(.container, "create", actor: "last")
        bus.finish()
        var late: [String] = []
        for await event in other { late.append(event.actor) }
        #expect(late == ["last"])
    }

    @Test func filtersOfOneKeyAreAlternativesAndOfTwoKeysConditions() {
        let filter = EventFilter(["type": ["container"], "event": ["start", "die"]])
        #expect(filter.matches(Self.event(.container, "start")))
        #expect(filter.matches(Self.event(.container, "die")))
        #expect(!filter.matches(Self.event(.container, "create")))
        #expect(!filter.matches(Self.event(.image, "start")))
    }

    @Test func aContainerIsNamedByTheStartOfItsIDOrName() {
        let event = Self.event(.container, "start", [("name", "web-1")])
        #expect(EventFilter(["container": ["0123"]]).matches(event))
        #expect(EventFilter(["container": ["web"]]).matches(event))
        #expect(!EventFilter(["container": ["eb-1"]]).matches(event))
    }

    @Test func familiesOfActionsAreMatchedByTheirStart() {
        let event = Self.event(.container, "exec_start: sh -c true")
        #expect(EventFilter(["event": ["exec_start"]]).matches(event))
        #expect(!EventFilter(["event": ["exec"]]).matches(event))
    }

    @Test func labelsAndImages() {
        let event = Self.event(.container, "start", [("image", "nginx:latest"), ("tier", "front")])
        #expect(EventFilter(["label": ["tier"]]).matches(event))
        #expect(EventFilter(["label": ["tier=front"]]).matches(event))
        #expect(!EventFilter(["label": ["tier=front", "owner"]]).matches(event))
        #expect(EventFilter(["image": ["nginx"]]).matches(event))
        #expect(EventFilter(["image": ["nginx:latest"]]).matches(event))
        #expect(!EventFilter(["image": ["ngin"]]).matches(event))
    }

    /// Goal: a listener may go while an event wakes it. Method: listeners that are cancelled in the middle of a storm of
    /// events, again and again; bus and task have a lock each, and nobody may hold one and wait for the other.
    @Test(.timeLimit(.minutes(2))) func listenersMayGoAtAnyMoment() async {
        let bus = EventBus { 5 }
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                while !Task.isCancelled {
                    bus.publish(.container, "start", actor: "a")
                    await Task.yield()
                }
            }
            for _ in 0..<2000 {
                let listener = Task.detached { for await _ in bus.listen() {} }
                await Task.yield()
                listener.cancel()
                await listener.value
            }
            group.cancelAll()
        }
    }
}
