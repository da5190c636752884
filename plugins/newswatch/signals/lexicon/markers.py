"""How a text stands to what it speaks of: denied, foreseen, remembered, imagined, argued, or somebody else's business."""

MARKERS = {
    "NEG": """
        not, no, never, without, neither, nor, nobody, none, cannot, cant, wont, isnt, didnt, doesnt, nothing, hardly,
        unlikely, no sign, no evidence, no plans, fails to, failed to, refuses to, refused to, stops short, far from,
        lack of, yet to""",
    "FALSE": """
        false alarm, false alert, false, fake, hoax, mistaken, mistakenly, mistake, by mistake, by accident,
        accidentally, in error, erroneous, unfounded, baseless, rumour, rumor, rumours, rumors, debunked, denial, turned
        out, turns out, no truth, nothing to do, myth, misreported, misread, solved, explained away, harmless, not a,
        was only, glitch, prank, overblown, exaggerated, groundless, untrue, fabricated, fabrication, misleading,
        correction, retraction""",
    "FUTURE": """
        will, shall, to be, set to, about to, plans to, plan to, planning, planned, going to, expected, expected to,
        likely, likely to, due to, scheduled, next week, next month, next year, upcoming, imminent, looming, looms,
        ahead of, prepares, prepares         to, preparing, preparing to, preparation, preparations, ready to, poised
        to, poised, brace for, braces for, eyes, tomorrow, later this, by end, soon, may soon, on the verge, on track,
        intends, aims to, in coming, on brink, brink""",
    "MAY": """
        may, might, could, would, should, can, must, possible, possibly, possibility, potential, potentially, perhaps,
        maybe, seems, appears, reportedly, allegedly, alleged, suspected, unconfirmed, believed, speculation, feared,
        fears, concern, concerns, worries, worry, worried""",
    "IF": """
        if, unless, what if, in case, in the event, whether, should it, suppose, imagine, imagining, hypothetical,
        hypothetically, scenario, scenarios, theory, theoretically, were to, otherwise, provided that, as long as""",
    "PAST": """
        anniversary, years ago, years after, years later, years on, years since, decades ago, decades after, decades
        later, decades on, decades, half century, century, centuries, remembers, remember, remembered, remembering,
        commemorates, commemorate, commemoration, commemorated, memorial, veteran, veterans, survivor, survivors, world
        war, wwii, ww2, wwi, second world war, first world war, world war ii, world war two, cold war, korean war,
        vietnam war, gulf war, falklands war, six day war, nazi, nazis, hitler, hiroshima, nagasaki, pearl harbor,
        holocaust, soviet, soviet era, history, historic, historian, historians, historical, declassified, archive,
        archives, legacy, marks, recalls, looking back, look back, from the archives, monument, museum, wreck,
        shipwreck, unexploded, wartime, on this day, obituary, dies aged, dies at, aged, born, 1940s, 1950s, 1960s,
        1970s, 1980s, 1990s, era, former, ex, last year, last month, previous, previously, once, long ago, ancient,
        empire, exhumed, mourned, remembrance, d day, napoleon""",
    "ARGUE": """
        opinion, op ed, editorial, column, columnist, commentary, comment, analysis, analyst, analysts, explainer,
        explained, explains, explain, what we know, what you need to know, need to know, why, how, view, viewpoint,
        essay, lessons, lesson, case for, case         against, debate, think tank, professor, expert, experts, scholar,
        scholars, study, survey, poll, myth, guide, q and a, qanda, timeline, in pictures, in photos, gallery, podcast,
        interview, profile, feature, letter, letters, report card, week in, cartoon, cartoons, infographic, quiz, what
        it means, means for, makes sense, rethink, thoughts, discussion, argues, argue, perspective, backgrounder, who
        is, what is, what are, meaning of, understanding, future of, future, rise of, truth about, should we, do you,
        does anyone, ama, til, thinks, thread, ask""",
    "ART": """
        film, films, movie, movies, book, books, novel, documentary, review, series, drama, tv, television, netflix,
        trailer, author, memoir, exhibition, opera, play, theatre, theater, song, album, band, festival, actor, actress,
        director, oscar, oscars, game, gamers, video game, gaming, call of duty, comic, museum, box office, hollywood,
        bollywood, singer, musician, concert, artist, art, painting, celebrity, celebrities, star, stars, k pop, bts,
        fashion, model, photographs, photographer, comedian, show, comedy, thriller, playwright, marvel, star wars,
        poem, poet, premiere, stage, dance, ballet, orchestra""",
    "SPORT": """
        cup, world cup, league, premier league, champions league, football, soccer, cricket, rugby, tennis, golf,
        olympic, olympics, olympian, olympians, medal, coach, striker, goal, goals, goalkeeper, match, team, teams,
        player, players, race, grand prix, formula one, f1, champion, champions, championship, tournament, final, semi
        final, semifinal, quarter         final, test match, ashes, wicket, wickets, innings, over, batsman, bowler,
        bowlers, boxing, boxer, fight night, title, defence of title, winger, midfielder, defender, transfer window,
        manager, united, arsenal, chelsea, liverpool, madrid, barcelona, playoff, playoffs, nba, nfl, afl, nrl, mlb,
        wimbledon, fifa, uefa, ioc, doping, squad, half time, derby, scorer, hat trick, open, stumps, rounds, marathon,
        cyclist, tour de france, hockey, baseball, basketball, athletes, athlete, swimmer, sprinter, wrestler, ufc,
        knockout, seed, set, seeds, penalty, penalties, shootout, offside, gunners, stadium, fans, eagles, lions,
        bombers coach, roosters, broncos, raiders, warriors""",
    "BUSINESS": """
        shares, stock, stocks, market, markets, oil prices, oil price, crude, brent, ceo, profit, profits, earnings,
        investors, investor, investment, economy, economic, growth, gdp, inflation, bank, banks, central bank, fed,
        interest rates, rates, currency, dollar, euro, rouble, ruble, yuan, rial, bond, bonds, wall street, ftse,
        nikkei, dow, sales, revenue, merger, takeover, ipo, startup, start up, company, companies, firm, firms,
        business, businesses, retailer, retailers, airline, airlines, boeing, airbus, carmaker, carmakers, volkswagen,
        huawei, zte, apple, google, amazon, facebook, microsoft, samsung, tesla, quarter, quarterly, forecast, outlook,
        supply chain, exporters, importers, consumers, prices, price, gas         prices, jobs, unemployment, budget,
        tax, taxes, wages, debt, bailout, loan, loans, buyers, contract, contracts, billion, million, bitcoin, crypto,
        tycoon, oligarch, billionaire, gold, commodities, wheat prices, dealmaking, insurer, insurers, hedge fund,
        energy costs, mining, factory""",
    "TRADE": """
        tariff, tariffs, trade war, trade deal, trade talks, trade dispute, trade, import duties, duties, imports,
        exports, dumping, wto, customs, free trade, subsidies, quotas, trade pact, protectionism, levies, levy, usmca,
        nafta, brexit, customs union""",
    "PRODUCT": """
        iphone, app, apps, smartphone, phone, phones, tablet, laptop, console, playstation, xbox, model, suv, car, cars,
        vehicle, electric car, brand, brands, campaign, campaigns, website, service, platform, initiative, scheme,
        programme, fund, appeal, inquiry, probe, investigation, review, product, products, collection, menu, beer,
        drink, toy, perfume, range, store, stores, shop, shops, petition, bid, bids, hotline for, helpline, charity,
        fundraiser, lawsuit, channel, streaming, subscription, software, update, version, web, crowdfunding,
        kickstarter, fashion line, cruise ship, ferry""",
    "CRIME": """
        police, cops, officer, detective, murder, murdered, robbery, robber, robbers, gang, gangs, gangster, cartel,
        cartels, drug, drugs, cocaine, shooting spree, mass shooting, school shooting, stabbing, stabbed, knife,
        suspect, suspects, domestic violence, teenager, teen, teens, schoolgirl, thieves, thief, burglary, burglar,
        homicide, manslaughter, rape, rapist, sexual assault, assault charge, fbi, sheriff, deputy, deputies, fraud,
        fraudster, scam, bribery, corruption, smuggling, smugglers, smuggler, trafficking, prison, inmates, jail, bail,
        extortion, blackmail, kickbacks, embezzlement, heist, arson, arsonist, missing, nightclub, bikie, mafia, mob,
        parcel bomb, parcel bombs, pipe bomb, bomb hoax, bomb threat, bomb squad, sniper, hit and run, drink driver,
        carjacking, vandals, looters, gunman opened fire at school, classmates, husband, wife, girlfriend, boyfriend,
        neighbour, neighbor, mother, father, son, daughter, toddler, baby, family, shooter, shooters, walmart, mall,
        bar, pub, party goers""",
    "COURT": """
        court, trial, jury, inquest, sentenced, convicted, judge, judges, jailed, lawsuit, appeal, appeals, verdict,
        guilty, plea, pleads, hearing, prosecutors, prosecutor, prosecution, lawyers, lawyer, tribunal, hague, icc, icj,
        testify, testimony, evidence, extradition, indictment, charges, witness, sue, sues, sued, supreme court, ruling,
        rules, coroner, commission, legal, attorney, compensation, acquitted, death penalty, death row, execution,
        executed, hanged""",
    "POLITICS": """
        election, elections, vote, votes, voters, party, parties, senator, senate, congress, parliament, mp, mps,
        lawmaker, lawmakers, republican, republicans, democrat, democrats, candidate, candidates, campaign trail,
        coalition talks, opposition, labor, labour, tory, tories, conservative, conservatives, liberal, liberals,
        referendum, impeachment, resign, resigns, resigned, resignation, cabinet         reshuffle, reshuffle, poll,
        polls, primary, primaries, governor, mayor, bill, legislation, protest, protests, protesters, demonstrators,
        rally, rallies, march, marchers, activists, activist, union, unions, strike action, walkout, workers, workers
        strike, industrial action, teachers, nurses, doctors, strikers, picket, rights group, human rights, dissident,
        dissidents, press freedom, abortion, immigration, refugee, refugees, asylum, migrants, migrant, feminists,
        racism, racist, lgbt, gay, minister, budget""",
    "DISASTER": """
        earthquake, quake, tsunami, flood, floods, flooding, hurricane, cyclone, typhoon, storm, storms, tornado,
        wildfire, wildfires, bushfire, bushfires, firefighters, volcano, eruption, landslide, drought, heatwave, snow,
        blizzard, crash, crashes, derailment, train crash, plane crash, accident, collapse of building, sinking ferry,
        gas leak, fire crews, lightning, rain, weather, forecast, fire ban, evacuated, rescue, rescued, rescuers,
        mudslide, avalanche, shark, bear, crocodile, whale, climate""",
    "HEALTH": """
        covid, covid 19, coronavirus, virus, pandemic, vaccine, vaccines, vaccination, outbreak, ebola, flu, bird flu,
        swine flu, sars, mers, zika, hospital, hospitals, patients, patient, cancer, heart attack, heart attacks,
        disease, health, hiv, aids, malaria, measles, surgery, obesity, diet, mental health, drugs firm, who, lockdown,
        lockdowns, nhs, smoking, quarantine, symptoms, asthma""",
    "AID": """
        aid, humanitarian, famine, food aid, refugees, relief, donors, donor, charity, charities, red cross, unicef,
        unhcr, wfp, hunger, displaced, reconstruction, rebuild, rebuilding, orphans, shelter, donations, volunteers,
        flood victims, food shortage, food shortages, starvation, schools, children, students, farmers""",
    "CULTURE": """
        tourism, tourist, tourists, visitors, holiday, restaurant, recipe, food, wine, wedding, royal, prince, princess,
        queen, king, pope, church, temple, festival, cuisine, kimchi, language, english, school, university, student,
        teacher, travel, photos, video, pictures, photo, video shows, cat, dog, birthday, delegation, congratulatory,
        greetings, message of greeting, wreath, wreaths, floral baskets, congratulates, sends message, art performance,
        visited, statue, monument, pyongyang people, workers party, juche, ceremony, celebrations, banquet""",
    "SPY": """
        spy, spies, spying, espionage, intelligence, cia, mi6, mossad, nsa, agent, agents, surveillance, wiretap,
        snowden, wikileaks, leaked, cables, defector, defectors, defects, defected, double agent""",
    "ARMSALE": """
        arms sale, arms sales, arms deal, weapons deal, defence budget, defense budget, military budget, military
        spending, defence spending, defense spending, procurement, buy, buys, purchase, sale, sell, sells, supplier,
        order for, contract for, contract, delivered, arms exports, arms exporters, recruits, recruitment, pensions,
        pay, uniforms, uniform, barracks, cadets, gays in the military, transgender, suicide rate, ptsd, women in
        combat, sexual abuse""",
    "SPEECH": """
        says, said, told, tells, according to, officials said, official says, sources, spokesman, spokeswoman,
        spokesperson, statement, state media, reports, reported, kcna, irna, tass, xinhua, press tv, state television,
        state tv, announced, tweet, tweets, tweeted, twitter, speech, address, interview with, quoted""",
    "NOW": """
        today, yesterday, monday, tuesday, wednesday, thursday, friday, saturday, sunday, this week, overnight, hours
        after, days after, on sunday, just, breaking, early, late, morning, latest, fresh, new, again, second, third,
        fourth, fifth, sixth, another, more""",
    "FORUM": """
        x post, xpost, reddit, subreddit, oc, i, my, me, we, our, you, your, anyone, guys, lol, til, eli5, ama, serious,
        thoughts, help, question, looking for, advice, recommend, thanks""",
}
