import RawJSON

/// One volume of `GET /volumes` as a row of `docker volume ls`.
enum VolumeRow {
    static let format = ListFormat(
        columns: [.init("DRIVER", "Driver"), .init("VOLUME NAME", "Name")],
        headers: [
            "Scope": "SCOPE", "Mountpoint": "MOUNTPOINT", "Labels": "LABELS", "Links": "LINKS", "Size": "SIZE",
            "Group": "GROUP", "Availability": "AVAILABILITY", "Status": "STATUS",
        ],
        typeName: "formatter.volumeContext")

    static func row(_ volume: JSONValue) -> ListFormat.Row {
        let labels = ListCommands.strings(volume["Labels"]), usage = volume["UsageData"]
        return ListFormat.Row(
            fields: [
                "Name": volume["Name"] ?? "", "Driver": volume["Driver"] ?? "", "Scope": volume["Scope"] ?? "",
                "Mountpoint": volume["Mountpoint"] ?? "", "Labels": .string(ListCommands.joined(labels)),
                "Links": .string(usage?["RefCount"]?.int64.map(String.init) ?? "N/A"),
                "Size": .string(usage?["Size"]?.double.map { Units.humanSize($0, precision: 4) } ?? "N/A"),
                "Group": "N/A", "Availability": "N/A", "Status": "N/A",
            ], labels: labels)
    }
}
