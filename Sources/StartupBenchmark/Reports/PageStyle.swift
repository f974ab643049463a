/// How the page looks: six colours that stay apart for colour-blind readers (Okabe and Ito 2008), on light and dark.
enum PageStyle {
    static let colours = 6

    static let sheet = """
        :root { --ink: #1c1f23; --paper: #fdfdfc; --faint: #d9dbde; --soft: #5d646d; --warn: #9a3b00;
          --c0: #0072b2; --c1: #d55e00; --c2: #009e73; --c3: #a0527f; --c4: #7a6a00; --c5: #2b7f9e; }
        @media (prefers-color-scheme: dark) { :root { --ink: #e6e8ea; --paper: #16181b; --faint: #3a3f45;
          --soft: #a0a7b0; --warn: #ffb27a; --c0: #56b4e9; --c1: #ff9a56; --c2: #3fd0a4; --c3: #e19bc4; --c4: #f0e442;
          --c5: #8ad3ee; } }
        @media print { :root { --ink: #000; --paper: #fff; --faint: #bbb; --soft: #444; }
          section { break-inside: avoid; } }
        body { margin: 2rem auto; max-width: 74rem; padding: 0 1rem; color: var(--ink); background: var(--paper);
          font: 15px/1.5 system-ui, sans-serif; }
        h1 { font-size: 1.6rem; margin: 0; } h2 { font-size: 1.2rem; margin: 2.2rem 0 0; }
        h3 { font-size: 1rem; color: var(--soft); margin: 1rem 0 .3rem; }
        .machine { color: var(--soft); } .warning { color: var(--warn); font-weight: 600; }
        .legend { list-style: none; padding: 0; } .key { display: inline-block; width: .8em; height: .8em;
          margin-right: .5em; border-radius: 2px; }
        .charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(24rem, 1fr)); gap: 1rem; }
        figure { margin: 0; } figcaption { color: var(--soft); font-size: .85rem; }
        svg { width: 100%; height: auto; font: 12px system-ui, sans-serif; } svg text { fill: var(--ink); }
        svg .in { fill: var(--paper); } svg .tick { text-anchor: middle; fill: var(--soft); }
        svg .side { text-anchor: end; fill: var(--soft); } svg .grid { stroke: var(--faint); }
        svg .frame { fill: none; stroke: var(--faint); } svg polyline { fill: none; stroke-width: 2; }
        table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin: .5rem 0; }
        th { text-align: left; font-weight: 600; border-bottom: 1px solid var(--faint); }
        th, td { padding: .15rem .8rem .15rem 0; } td:nth-child(n+3):nth-child(-n+7) { text-align: right; }
        td small { color: var(--soft); }
        .shade1 { opacity: .8; } .shade2 { opacity: .6; } .shade3 { opacity: .45; }
        """
        + (0..<colours).map { index in
            "\n.key.c\(index) { background: var(--c\(index)); } svg rect.c\(index), svg circle.c\(index) "
                + "{ fill: var(--c\(index)); } svg polyline.c\(index) { stroke: var(--c\(index)); }"
        }.joined()
}
