/// How page and picture look: colours that stay apart for colour-blind readers (Okabe and Ito 2008), on light and dark;
/// curves differ by dashes too.
enum PageStyle {
    static let colours = 6

    /// Colours alone, for a page and for a picture that stands by itself.
    static let palette = """
        :root { --ink: #1c1f23; --paper: #ffffff; --faint: #dfe1e4; --soft: #59606a; --warn: #9a3b00; --good: #00694c;
          --c0: #6b7280; --c1: #0072b2; --c2: #d55e00; --c3: #a0527f; --c4: #00805f; --c5: #7a6a00;
          --p0: #c6dff0; --p1: #5aa9d6; --p2: #e69f00; --p3: #c3c7cc; --p4: #5aa9d6; --p5: #c6dff0; --p6: #c3c7cc;
          --on: #10151a; }
        @media (prefers-color-scheme: dark) { :root { --ink: #e8eaed; --paper: #15181b; --faint: #343a41;
          --soft: #a7aeb8; --warn: #ffb27a; --good: #57d9a8;
          --c0: #a3abb6; --c1: #56b4e9; --c2: #ff9a56; --c3: #e19bc4; --c4: #3fd0a4; --c5: #f0e442;
          --p0: #7fb6d9; --p1: #56b4e9; --p2: #f0b93a; --p3: #8b929c; --p4: #56b4e9; --p5: #7fb6d9; --p6: #8b929c; } }

        """

    private static let light = """
        --ink: #000; --paper: #fff; --faint: #ccc; --soft: #333; --warn: #9a3b00; --good: #00694c;
          --c0: #6b7280; --c1: #0072b2; --c2: #d55e00; --c3: #a0527f; --c4: #00805f; --c5: #7a6a00;
          --p0: #c6dff0; --p1: #5aa9d6; --p2: #e69f00; --p3: #c3c7cc; --p4: #5aa9d6; --p5: #c6dff0; --p6: #c3c7cc;
          --on: #10151a;
        """

    /// What charts are drawn with.
    static let drawing =
        """
        svg { font: 13px system-ui, "Helvetica Neue", Arial, sans-serif; } svg text { fill: var(--ink); }
        svg text.soft { fill: var(--soft); } svg text.strong { font-weight: 600; } svg text.in { fill: var(--on); }
        svg .grid { stroke: var(--faint); stroke-width: 1; } svg polyline { fill: none; stroke-width: 2; }
        svg .range { stroke-width: 3; stroke-linecap: round; opacity: .65; }
        svg .dash1 { stroke-width: 3; } svg .dash2 { stroke-dasharray: 7 3; } svg .dash3 { stroke-dasharray: 2 3; }
        svg .dash4 { stroke-dasharray: 9 3 2 3; } svg .dash5 { stroke-dasharray: 4 2; }

        """
        + (0..<colours).map { index in
            "svg rect.c\(index), svg circle.c\(index) { fill: var(--c\(index)); } "
                + "svg polyline.c\(index), svg line.c\(index) { stroke: var(--c\(index)); }\n"
        }.joined() + (0..<7).map { "svg rect.p\($0) { fill: var(--p\($0)); }\n" }.joined()

    static let sheet =
        palette
            + """
            @page { margin: 14mm; }
            body { margin: 2rem auto; max-width: 76rem; padding: 0 1.2rem; color: var(--ink); background: var(--paper);
              font: 15px/1.5 system-ui, "Helvetica Neue", Arial, sans-serif; print-color-adjust: exact; }
            h1 { font-size: 1.7rem; margin: 0; } h2 { font-size: 1.25rem; margin: 2.4rem 0 .2rem; }
            h3 { font-size: 1rem; color: var(--soft); margin: 1.2rem 0 .4rem; } p { margin: .2rem 0; }
            .machine, .note { color: var(--soft); } .warning { color: var(--warn); font-weight: 600; }
            .legend { list-style: none; padding: 0; margin: .8rem 0; }
            .key { display: inline-block; width: .8em; height: .8em; margin-right: .5em; border-radius: 2px; }
            .charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 30rem), 1fr)); gap: .4rem 2rem; }
            figure { margin: .6rem 0; } figcaption { font-weight: 600; font-size: .9rem; margin-bottom: .3rem; }
            figure svg { display: block; width: 100%; height: auto; }
            .alone { max-width: 52rem; }
            .wide { overflow-x: auto; }
            table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin: .6rem 0; font-size: .9rem; }
            th { text-align: left; font-weight: 600; border-bottom: 1px solid var(--soft); }
            th, td { padding: .15rem .9rem .15rem 0; vertical-align: top; white-space: nowrap; }
            .words th, .words td { white-space: normal; }
            tbody tr.first td { border-top: 1px solid var(--faint); } td.n, th.n { text-align: right; }
            .aim { color: var(--good); font-weight: 600; } .must { color: var(--good); } .missed { color: var(--warn);
              font-weight: 600; }
            \(drawing)
            """
        + (0..<colours).map { "\n.key.c\($0) { background: var(--c\($0)); }" }.joined() + paper

    /// Last, so that it outweighs the rest: two charts a row, tables as wide as the sheet.
    private static let paper = """

        @media print { :root { \(light) }
          body { font-size: 9px; margin: 0; max-width: none; padding: 0; } figure, tr, li { break-inside: avoid; }
          h2, h3 { break-after: avoid; } .charts { grid-template-columns: 1fr 1fr; gap: .2rem 1.2rem; }
          .wide { overflow: visible; } table { font-size: 7.5px; } th, td { white-space: normal; padding-right: .5em; }
          .alone { max-width: 34rem; } }
        """
}
