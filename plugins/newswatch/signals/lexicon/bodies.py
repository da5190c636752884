"""Who acts when no country is named: offices, forces of order, organisations. Countries and groups come from the gazetteer."""

BODIES = {
    "OFFICE": """
        president, prime minister, pm, foreign minister, defence minister, defense minister, defense secretary,
        secretary of state, foreign ministry, defence ministry, defense ministry, ministry, supreme leader, leader,
        general, admiral, commander, chief of         staff, joint chiefs, spokesman, spokeswoman, officials, official,
        government, regime, administration, cabinet, military, army chief, national security adviser, foreign secretary,
        chancellor, king, envoy, white house, kremlin, pentagon, state department, blue house, politburo, parliament,
        senate, congress, knesset, junta, generals, diplomat, treasury, diplomats, crown prince, premier, president
        elect""",
    "WORLD": """
        u.n., united nations, security council, un security council, u.n. security council, general assembly, iaea,
        nato, e.u., european union, brussels, g7, g8, g20, asean, african union, arab league, gcc, ecowas, osce, opcw,
        icc, world leaders, international community, allies, ally, west, western         powers, world powers, p5 1,
        quartet, coalition, red cross, amnesty, human rights watch, un chief, u.n. chief, secretary general, watchdog""",
}
