typealias CString = UnsafePointer<CChar>

/// What is needed of strings that end with a zero byte.
enum Text {
    static func length(_ text: CString) -> Int {
        var count = 0
        while text[count] != 0 { count += 1 }
        return count
    }

    static func equal(_ text: CString, _ word: StaticString) -> Bool {
        let expected = StaticText.pointer(word)
        var index = 0
        while text[index] == expected[index] {
            if text[index] == 0 { return true }
            index += 1
        }
        return false
    }

    static func contains(_ text: CString, _ byte: UInt8) -> Bool {
        var index = 0
        while text[index] != 0 {
            if text[index] == CChar(bitPattern: byte) { return true }
            index += 1
        }
        return false
    }
}

/// C strings that live as long as the program.
enum StaticText {
    static func pointer(_ text: StaticString) -> CString {
        UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
    }
}
