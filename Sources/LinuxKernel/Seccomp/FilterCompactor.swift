/// Rewrites a filter so that it is loaded and asked in less time, and decides the same.
///
/// The kernel translates a filter whenever it is loaded and runs it once for every number it has (seccomp_cache_prepare),
/// which together take a good part of a container's start. What depends on architecture and number alone is decided here by
/// a search over ranges of numbers; what also depends on arguments goes on into the old program, of which nothing else is
/// kept.
struct FilterCompactor {
    /// What a call comes to.
    private enum Outcome: Hashable {
        /// The filter's answer, whatever the arguments.
        case answer(UInt32)
        /// The arguments decide, by what stands there: an instruction that loads one of them.
        case open(Int)
    }

    /// The outcome from this number to the next range's start.
    private struct Range: Hashable {
        let start: UInt32
        let outcome: Outcome
    }

    private struct Instruction {
        let code: ClassicAssembler.Code
        let taken: Int
        let otherwise: Int
        let value: UInt32
    }

    /// What was loaded last.
    private enum Source: Hashable { case nothing, number, architecture, argument }

    private static let numberOffset: UInt32 = 0
    private static let architectureOffset: UInt32 = 4
    /// Conditional jumps pass 255 instructions at most. Ends stand in the order of their ranges, as comparisons do, so that
    /// none is farther from where it is wanted than the block has comparisons, and a few.
    private static let blockLimit = 200

    private let instructions: [Instruction]
    private var numberStarts: Set<UInt32> = [0]
    private var architectureStarts: Set<UInt32> = [0]

    /// - Parameter bytes: `struct sock_filter` after `struct sock_filter`.
    /// - Returns: `nil` for a program that does more than libseccomp's do, or breaks off.
    init?(_ bytes: [UInt8]) {
        var instructions: [Instruction] = []
        for start in stride(from: 0, to: bytes.count, by: 8) {
            let record = bytes[start...].prefix(8)
            guard record.count == 8 else { return nil }
            let (code, value) = record.withUnsafeBytes {
                ($0.loadUnaligned(as: UInt16.self), $0.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
            }
            guard let code = ClassicAssembler.Code(rawValue: code) else { return nil }
            let next = instructions.count + 1
            instructions.append(
                Instruction(
                    code: code, taken: next + (code == .jump ? Int(value) : Int(record[start + 2])),
                    otherwise: next + Int(record[start + 3]), value: value))
        }
        self.instructions = instructions
        guard collectStarts() else { return nil }
    }

    /// The new program; `nil` where it would not be shorter.
    func bytes() -> [UInt8]? {
        var code = ClassicAssembler()
        var old: Labels = [:]
        code.load(Self.architectureOffset)
        let tables = architectureStarts.sorted().map { (start: $0, ranges: ranges(of: $0)) }
        emit(tables[...], &code, &old)
        emitOld(&code, old)
        guard code.count < instructions.count else { return nil }
        return code.bytes()
    }

    // MARK: - Reading

    /// Where ranges begin that the program may tell apart; `false` where it does not merely compare.
    private mutating func collectStarts() -> Bool {
        var waiting: [(Int, Source)] = [(0, .nothing)]
        var seen: [Source: Set<Int>] = [:]
        while let (position, source) = waiting.popLast() {
            guard instructions.indices.contains(position) else { return false }
            guard seen[source, default: []].insert(position).inserted else { continue }
            let instruction = instructions[position]
            switch instruction.code {
            case .load where instruction.value == Self.numberOffset: waiting.append((position + 1, .number))
            case .load where instruction.value == Self.architectureOffset:
                waiting.append((position + 1, .architecture))
            case .load: waiting.append((position + 1, .argument))
            case .answer: continue
            case .jump: waiting.append((instruction.taken, source))
            case .and where source == .argument: waiting.append((position + 1, source))
            case .and: return false
            case .jumpIfSet where source != .argument: return false
            case .jumpIfEqual, .jumpIfGreater, .jumpIfGreaterOrEqual, .jumpIfSet:
                guard source != .nothing else { return false }
                if source != .argument { add(instruction, source) }
                waiting += [(instruction.taken, source), (instruction.otherwise, source)]
            }
        }
        return true
    }

    private mutating func add(_ instruction: Instruction, _ source: Source) {
        var starts: [UInt32] = instruction.code == .jumpIfGreater ? [] : [instruction.value]
        if instruction.code != .jumpIfGreaterOrEqual, instruction.value < .max { starts.append(instruction.value + 1) }
        if source == .number { numberStarts.formUnion(starts) } else { architectureStarts.formUnion(starts) }
    }

    /// Follows the program, which was checked to have an end on every way.
    private func outcome(_ architecture: UInt32, _ number: UInt32) -> Outcome {
        var position = 0
        var value: UInt32 = 0
        while true {
            let instruction = instructions[position]
            var holds = true
            switch instruction.code {
            case .load where instruction.value == Self.numberOffset: value = number
            case .load where instruction.value == Self.architectureOffset: value = architecture
            case .load: return .open(position)
            case .answer: return .answer(instruction.value)
            case .jumpIfEqual: holds = value == instruction.value
            case .jumpIfGreater: holds = value > instruction.value
            case .jumpIfGreaterOrEqual: holds = value >= instruction.value
            case .jump, .jumpIfSet, .and: break
            }
            position = holds ? instruction.taken : instruction.otherwise
        }
    }

    private func ranges(of architecture: UInt32) -> [Range] {
        var ranges: [Range] = []
        for start in numberStarts.sorted() {
            let outcome = outcome(architecture, start)
            if ranges.last?.outcome != outcome { ranges.append(Range(start: start, outcome: outcome)) }
        }
        return ranges
    }

    // MARK: - Writing

    private typealias Labels = [Outcome: ClassicAssembler.Label]

    /// The search for the architecture, of which there are few; a leaf is the search for the number.
    private func emit(
        _ tables: ArraySlice<(start: UInt32, ranges: [Range])>, _ code: inout ClassicAssembler, _ old: inout Labels
    ) {
        guard let first = tables.first, tables.count > 1 else {
            guard let ranges = tables.first?.ranges else { return }
            if ranges.count > 1 { code.load(Self.numberOffset) }
            return emit(ranges[...], &code, &old)
        }
        // Neighbours that decide alike are one.
        let differs = tables.dropFirst().contains { $0.ranges != first.ranges }
        guard differs else { return emit(tables.prefix(1), &code, &old) }
        let (low, high) = (tables.prefix(tables.count / 2), tables.dropFirst(tables.count / 2))
        branch(at: high.first?.start ?? 0, &code) { code in emit(low, &code, &old) }
        emit(high, &code, &old)
    }

    /// The search for the number, in blocks that conditional jumps can pass.
    private func emit(_ ranges: ArraySlice<Range>, _ code: inout ClassicAssembler, _ old: inout Labels) {
        guard ranges.count > Self.blockLimit else { return emitBlock(ranges, &code, &old) }
        let (low, high) = (ranges.prefix(ranges.count / 2), ranges.dropFirst(ranges.count / 2))
        branch(at: high.first?.start ?? 0, &code) { code in emit(low, &code, &old) }
        emit(high, &code, &old)
    }

    /// What is below goes through `low`, which has its ends in itself; the rest goes on behind it, however far that is.
    private func branch(
        at start: UInt32, _ code: inout ClassicAssembler, low: (inout ClassicAssembler) -> Void
    ) {
        let (below, above) = (code.label(), code.label())
        code.jump(.jumpIfGreaterOrEqual, start, otherwise: below)
        code.jump(to: above)
        code.place(below)
        low(&code)
        code.place(above)
    }

    private func emitBlock(_ ranges: ArraySlice<Range>, _ code: inout ClassicAssembler, _ old: inout Labels) {
        var ends: Labels = [:]
        for range in ranges where ends[range.outcome] == nil { ends[range.outcome] = code.label() }
        search(ranges, &code, ends)
        for (outcome, label) in ends.sorted(by: { $0.value < $1.value }) {
            code.place(label)
            switch outcome {
            case .answer(let value): code.answer(value)
            case .open:
                let there = old[outcome] ?? code.label()
                old[outcome] = there
                code.jump(to: there)
            }
        }
    }

    /// Finds the end of each number: first the stretch it is in, then whether it is one of the few there that differ.
    private func search(_ ranges: ArraySlice<Range>, _ code: inout ClassicAssembler, _ ends: Labels) {
        descend(FilterStretch.stretches(of: ranges.map { ($0.start, $0.outcome) })[...], &code, ends)
    }

    private func descend(
        _ stretches: ArraySlice<FilterStretch<Outcome>>, _ code: inout ClassicAssembler, _ ends: Labels
    ) {
        guard stretches.count > 1 else {
            if let first = stretches.first { compare(first, &code, ends) }
            return
        }
        let (low, high) = (stretches.prefix(stretches.count / 2), stretches.dropFirst(stretches.count / 2))
        func isEnd(_ part: ArraySlice<FilterStretch<Outcome>>) -> Bool {
            part.count == 1 && part.allSatisfy(\.exceptions.isEmpty)
        }
        func place(of part: ArraySlice<FilterStretch<Outcome>>) -> ClassicAssembler.Label? {
            isEnd(part) ? part.first.flatMap { ends[$0.outcome] } : code.label()
        }
        let (below, above) = (place(of: low), place(of: high))
        code.jump(.jumpIfGreaterOrEqual, high.first?.start ?? 0, to: above, otherwise: below)
        for (part, label) in [(low, below), (high, above)] where !isEnd(part) {
            if let label { code.place(label) }
            descend(part, &code, ends)
        }
    }

    /// Compares with each number of a stretch that does not have its outcome.
    private func compare(_ stretch: FilterStretch<Outcome>, _ code: inout ClassicAssembler, _ ends: Labels) {
        for (index, exception) in stretch.exceptions.enumerated() {
            let isLast = index == stretch.exceptions.count - 1
            code.jump(
                .jumpIfEqual, exception.number, to: ends[exception.outcome],
                otherwise: isLast ? ends[stretch.outcome] : nil)
        }
    }

    /// The instructions of the old program that are still reached, in their order, so that no jump gets longer.
    private func emitOld(_ code: inout ClassicAssembler, _ entries: Labels) {
        var labels: [Int: ClassicAssembler.Label] = [:]
        for case (.open(let position), let label) in entries { labels[position] = label }
        var waiting = Array(labels.keys)
        var kept: Set<Int> = []
        while let position = waiting.popLast() {
            guard kept.insert(position).inserted else { continue }
            let instruction = instructions[position]
            guard instruction.code != .answer else { continue }
            waiting +=
                instruction.code.isConditional ? [instruction.taken, instruction.otherwise] : [instruction.taken]
        }
        for position in kept where labels[position] == nil { labels[position] = code.label() }
        for position in kept.sorted() {
            let instruction = instructions[position]
            if let label = labels[position] { code.place(label) }
            switch instruction.code {
            case .load: code.load(instruction.value)
            case .and: code.and(instruction.value)
            case .answer: code.answer(instruction.value)
            case .jump: if let label = labels[instruction.taken] { code.jump(to: label) }
            case .jumpIfEqual, .jumpIfGreater, .jumpIfGreaterOrEqual, .jumpIfSet:
                code.jump(
                    instruction.code, instruction.value, to: labels[instruction.taken],
                    otherwise: labels[instruction.otherwise])
            }
        }
    }
}
