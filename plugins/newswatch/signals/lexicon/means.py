"""What things are used or moved: weapons, forces, instruments of pressure, and places where they meet."""

MEANS = {
    "MISSILE": """
        missile, missiles, ballistic missile, ballistic missiles, cruise missile, cruise missiles, projectile,
        projectiles, icbm, icbms, slbm, slbms, irbm, mrbm, srbm, intercontinental ballistic missile, rocket, rockets,
        scud, scuds, rodong, nodong, taepodong, taepo dong, hwasong, hwasongpho, musudan, pukguksong, iskander,
        iskanders, agni, prithvi, brahmos, akash, nirbhay, pralay, shaheen, ghauri, babur, ghaznavi, hatf, nasr,
        ababeel, abdali, fateh, shahab, sejil, sejjil, khorramshahr, emad, zolfaghar, fajr, tomahawk, tomahawks,
        minuteman, trident, topol, sarmat, bulava, zircon, tsirkon, kinzhal, kalibr, yars, oreshnik, burevestnik,
        dongfeng, hypersonic weapon, hypersonic missile, hypersonic, tactical guided weapon, guided weapon, guided
        weapons, multiple rocket launcher, multiple launch rocket system, mlrs, rocket artillery, anti ship missile,
        surface to air missile, surface to surface missile, air to air missile, submarine launched, ballistic, warhead
        carrying, glide vehicle, samoud, al samoud, interceptor missile, jl 2, df 41, df 21, df 26, kn 23, kn 25,
        rocketry, hwasal, strategic cruise missile, launch vehicle, carrier rocket, booster, icbm test, missile test,
        missile tests, missile launch, missile launches, rocket launch, rocket launches, rocket engine, missile engine,
        unha, flight test, test flight, sling, weapons test, weapon test, missile firing""",
    "SATELLITE": """
        satellite, satellites, spy satellite, reconnaissance satellite, military satellite, space launch vehicle,
        satellite launch, orbit, into orbit, satellite rocket, long range rocket, space rocket, simorgh, qased,
        kwangmyongsong, malligyong, chollima""",
    "SPACE": """
        spacex, nasa, falcon 9, falcon heavy, starship, rocket lab, blue origin, astronaut, astronauts, cosmonaut,
        cosmonauts, taikonaut, taikonauts, space         station, iss, esa, ariane, virgin galactic, spacewalk, moon
        mission, lunar, moon, mars, space shuttle, shuttle, telescope, asteroid, space tourism, starliner, weather
        satellite, communications satellite, isro, chandrayaan, gaganyaan, space agency, commercial launch, rover, probe
        lands, jaxa, starlink, broadband satellites, baikonur, crewed, orbiter, comet, cape canaveral, soyuz, space
        flight, spaceflight, spacecraft, tiangong""",
    "NUKE": """
        nuclear weapon, nuclear weapons, nuclear bomb, nuclear bombs, nuclear warhead, nuclear warheads, nuclear test,
        nuclear tests, atomic test, atomic bomb, atomic bombs, atomic         weapon, atomic weapons, atom bomb,
        hydrogen bomb, h bomb, thermonuclear, nuclear programme, nuclear program, nuclear activity, nuclear activities,
        nuclear work, nuclear         arsenal, nuclear arms, nuclear armed, nuclear deterrent, nuclear force, nuclear
        forces, nuclear capability, nuclear device, nuclear strike, nuclear detonation, nuclear facility, nuclear
        facilities, nuclear site, nuclear sites, nuclear material, nuclear ambitions, nuclear status, nuclear button,
        nuclear missile, nuclear missiles, nuclear tipped, nuclear capable, atomic program, atomic programme, warhead,
        warheads, nukes, nuke, enrichment, uranium, uranium enrichment, enriched uranium, highly enriched uranium,
        plutonium, centrifuge, centrifuges, reprocessing, spent fuel rods, fissile, fissile material, yongbyon, natanz,
        fordow, fordo, arak, bushehr, isfahan, esfahan, punggye ri, punggye, nuclear         test site, heavy water,
        yellowcake, npt, non proliferation treaty, nonproliferation treaty, nuclear treaty, weapons grade, bomb grade,
        denuclearisation, denuclearization, denuclearise, denuclearize, nuclear disarmament, nuclear talks, nuclear
        deal, nuclear inspectors, un inspectors, u.n. inspectors, iaea inspectors, nuclear watchdog, test tunnel, tunnel
        entrance, underground test, dimona, kahuta, dirty bomb, nuclear doctrine, tactical nuclear weapons, tactical
        nukes, nuclear umbrella, nuclear sharing, nuclear test ban, kangson, magnitude""",
    "NUKE_CIVIL": """
        nuclear power, nuclear energy, nuclear plant, nuclear power plant, nuclear reactor, power reactor, reactor,
        reactors, nuclear waste, fukushima, chernobyl, sellafield, hinkley, zaporizhzhia plant, nuclear industry,
        radiation, radioactive, meltdown, nuclear family, nuclear fusion, fusion, nuclear safety, nuclear         power
        station, tepco, areva, edf, westinghouse, rosatom, nuclear medicine, iter, nuclear fuel, nuclear submarine,
        nuclear submarines, nuclear powered""",
    "TROOPS": """
        troop, troops, soldier, soldiers, forces, army, marines, battalion, battalions, brigade, brigades, regiment,
        division, reservists, reservist, conscripts, paratroopers, military, peacekeepers, infantry, servicemen, special
        forces, commandos, tanks, tank, artillery, armoured vehicles, armored vehicles, garrison, military personnel,
        combat troops, ground         forces, armed forces, strategic forces, security forces, convoy, combat ready,
        military vehicles, howitzers, national guard, rapid reaction force, coalition forces, air force, military
        advisers, patriot batteries, thaad, missile defense, missile defence, air defence, air defense, missile battery,
        missile launcher, missile launchers, launchers, s 300, s 400, bombers, launchpad, launch pad, weapons system""",
    "SHIP": """
        warship, warships, destroyer, destroyers, frigate, frigates, aircraft carrier, aircraft carriers, carrier strike
        group, carrier group, submarine, submarines, navy, naval, fleet, naval vessel, naval vessels, coast guard,
        coastguard, coastguards, patrol boat, patrol boats, vessel, vessels, ship, ships, tanker, tankers, oil tanker,
        trawler, trawlers, fishing         boat, fishing boats, fishermen, strike group, flotilla, cargo ship,
        freighter, speedboats, gunboat, gunboats, corvette, minesweeper, naval ships, cutter, icebreaker, sailors, crew,
        uss, hms, armada""",
    "AIRCRAFT": """
        jet, jets, fighter jet, fighter jets, fighters, bomber, warplane, warplanes, aircraft, plane, planes, spy plane,
        spy planes, reconnaissance plane, surveillance plane, f 16, f 16s, f 35, f 35s, f 15, f 18, f 22, mig, migs, mig
        29, sukhoi, su 27, su 30, su 35, b 52, b 52s, b 1b, b 2, tu 95, tu 160, rafale, typhoons, eurofighter, drone,
        drones, uav, uavs, unmanned aerial vehicle, helicopter, helicopters, surveillance aircraft, balloon, balloons,
        spy balloon, gunship, airspace patrol, p 8, awacs, paraglider, global hawk, quadcopter""",
    "CYBER": """
        cyberattack, cyberattacks, cyber attack, cyber attacks, cyber, hack, hacks, hacked, hacking, hacker, hackers,
        malware, ransomware, ddos, denial of service, data breach, breach of systems, worm, stuxnet, phishing, spear
        phishing, computer virus, cyber espionage, cyberespionage, cyber warfare, cyberwar, cyber war, network
        intrusion, computer network, computer networks, computers, servers, websites, website, spyware, pegasus,
        lazarus, fancy bear, cozy bear, apt28, apt29, apt 28, darkseoul, wannacry, notpetya, solarwinds, trojan, botnet,
        wiper, routers, defaced, offline, power grid, cyber spies, cyber command, computer systems, zero day, ics, scada""",
    "EXERCISE": """
        drill, drills, exercise, exercises, military exercise, military exercises, war games, wargames, war game,
        manoeuvres, maneuvers, joint exercise, joint exercises, joint drills, live fire, live fire         drill, live
        fire drills, live fire exercise, naval drill, naval drills, naval exercise, foal eagle, ulchi, ulchi freedom,
        key resolve, freedom shield, vigilant storm, team spirit, rimpac, malabar, cobra gold, zapad, vostok, sea
        breeze, balikatan, war drills, military drills, mock attack, simulated attack, rehearsal, wartime readiness,
        combat readiness""",
    "SANCTION": """
        sanctions, sanction, embargo, embargoes, asset freeze, assets freeze, freezes assets, freeze assets, frozen
        assets, blacklist, blacklists, blacklisted, blacklisting, export ban, export bans, export controls, export
        control, export curbs, arms embargo, oil embargo, oil ban, travel ban, travel bans, restrictive measures,
        sanctions list, entity list, sanctions package, punitive measures, sanctioned, sanctioning, sanctions bill, visa
        ban, visa bans, sanctions regime, fuel ban, financial restrictions, economic measures, banking restrictions, oil
        price cap, ofac, swift ban, secondary sanctions, luxury goods ban""",
    "TALKS": """
        talks, talk, negotiations, negotiation, negotiators, dialogue, summit, six party talks, peace talks, peace
        process, hotline, hotlines, mediation, consultations, high level talks, military talks, meeting, back channel,
        backchannel, direct talks, working level talks, reunion, reunions, family reunions, nuclear talks,
        denuclearisation talks, denuclearization talks, truce talks, ceasefire talks, roundtable, parley, goodwill""",
    "DEAL": """
        accord, accords, treaty, pact, peace deal, deal, agreement, ceasefire, cease fire, ceasefires, truce, armistice,
        peace agreement, peace treaty, nuclear deal, memorandum, declaration, non aggression pact, hostage deal,
        prisoner swap, prisoner         exchange, peace plan, roadmap, road map, framework, jcpoa, minsk, peace
        proposal, pause in fighting, humanitarian pause, grain deal, peace, detente, rapprochement, thaw, lull,
        moratorium, olive branch, reconciliation""",
    "ENVOY": """
        ambassador, ambassadors, envoy, envoys, diplomat, diplomats, embassy, embassies, consulate, consulates, charge d
        affaires, attache, attaches, diplomatic mission, diplomatic staff, persona non grata, high commissioner, consul,
        military attache, embassy staff, consular staff, high commission, liaison office""",
    "TIES": """
        ties, relations, diplomatic ties, diplomatic relations, relationship, links, contacts, all ties, trade ties,
        security cooperation, military cooperation, intelligence sharing, military ties, communication lines,
        communications, joint industrial zone, kaesong, kaesong industrial, inf treaty, new start, open skies, treaty
        participation, membership, border crossing, border crossings""",
    "PRISONER": """
        prisoner, prisoners, hostage, hostages, captive, captives, detainee, detainees, pow, pows, remains, prisoners of
        war, war dead, captured soldier, captured soldiers, captured sailors, abducted, abductees, kidnapped, detained
        crew, aid worker, journalist, tourist""",
    "BORDER": """
        border, borders, frontier, dmz, demilitarised zone, demilitarized zone, line of control, loc, line of actual
        control, lac, airspace, territorial waters, territorial sea, waters, demarcation line, maritime border, northern
        limit line, nll, eez, exclusive economic zone, adiz, air defence identification zone, air defense identification
        zone, buffer zone, no fly zone, median line, strait, senkaku, senkakus, diaoyu, spratly, spratlys, paracel,
        paracels, scarborough, dokdo, takeshima, kuril, disputed islands, disputed waters, disputed border, disputed
        territory, south china sea, east china sea, sea of japan, east sea, yellow sea, west sea, taiwan strait, black
        sea, baltic, kashmir, siachen, ladakh, galwan, doklam, golan, gulf, strait of hormuz, red sea, no sail zone""",
    "EXPLOSIVE": """
        bomb, bombs, car bomb, car bombs, truck bomb, suicide bomb, bombing, bombings, car bombing, car bombings,
        suicide bombing, ied, ieds, roadside bomb, roadside bombs, suicide bomber, suicide bombers, grenade, grenades,
        mortar, mortars, shell, shells, blast, blasts, explosion, explosions, explosive, explosives, landmine,
        landmines, mines, gunfire, bullets, chemical weapons, gas attack, sarin, chlorine, barrel bombs, airstrike,
        airstrikes, air strike, air strikes, air raid, air raids, drone strike, drone strikes, drone attack, missile
        strike, missile strikes, missile attack, rocket attack, rocket attacks, rocket fire, shelling, crossfire,
        bombardment, precision strikes, cluster bombs""",
    "CASUALTY": """
        dead, death toll, killed, wounded, injured, casualties, bodies, fatalities, toll, deaths, civilians, lives,
        death, victims, massacre, bloodshed, bloodiest, deadliest, deadly, martyred, slain, toll rises, funeral,
        funerals""",
    "MILITANT": """
        militant, militants, insurgent, insurgents, insurgency, rebel, rebels, gunman, gunmen, jihadist, jihadists,
        jihadis, terrorist, terrorists, terror, fighters, separatist, separatists, guerrilla, guerrillas, extremist,
        extremists, islamist, islamists, militia, militias, militiamen, warlord, warlords, paramilitary, paramilitaries,
        mujahideen, junta, armed group, armed groups, armed men, sleeper cell, suspected militants, bandits, maoists,
        naxals, kidnappers, mercenaries, wagner, commandos raid, assassin, assassins""",
    "WAR": """
        war, warfare, conflict, battle, invasion, offensive, military action, all out war, hostilities, fighting, war
        zone, front line, frontline, counteroffensive, incursion, occupation, blockade, ground operation, military
        operation, special military operation, civil war, coup, siege""",
    "PROVOCATION": """
        provocation, provocations, aggression, act of war, declaration of war, violation, violations, intrusion,
        intrusions, incursions, hostile act, hostile acts, state terrorism, war crime, war crimes, genocide, atrocities,
        reckless, unacceptable, hostile policy, resolution, resolutions, interference, brutal, heinous, blatant,
        flagrant, outrage, criminal act, double standards, infringement, sovereignty""",
    "FORCE": """
        military force, pre emptive strike, preemptive strike, pre emptive strikes, nuclear attack, nuclear war, sea of
        fire, merciless, grave consequences, serious consequences, consequences, severe response, harsh response, firm
        response, crushing response, crushing blow, physical response, heavy price, pay the price, retaliation,
        retaliatory, revenge, vengeance, reprisal, reprisals, ultimatum, deadline, fire and fury, ashes, hell, holy war,
        jihad, self defence, self defense, by force, countermeasures, counter measures, strong response, all options,
        military option, military options, military response, necessary measures, wiped off the map, pre emptive, final
        warning, stern warning, ominous warning""",
}
