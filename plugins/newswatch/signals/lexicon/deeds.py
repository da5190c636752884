"""What actors do: verbs by kind and polarity, in base form ("lob", "shoot down"); phrases inflect on their first word."""

DEEDS = {
    "FIRE": """
        fire, launch, test fire, lob, loose, flight test, hurl, fire off, blast off, lift off, splash down, soar, fly
        over, test launch, let fly""",
    "TEST": """
        test, trial, detonate, carry out, conduct, stage, perform""",
    "STRIKE": """
        strike, attack, bomb, shell, raid, storm, ambush, assassinate, pound, bombard, invade, assault, hit, target,
        blast, blow up, explode, gun down, massacre, strafe, besiege, overrun, torpedo, sink, hammer, rain down,
        overthrow, open         fire, fire on, fire at, retake, recapture, capture, seize control, advance, destroy,
        level, flatten, behead, kidnap, abduct, poison, sabotage, torch, rock, rip through, tear through, rip, slam
        into, pummel, set ablaze, bombing""",
    "KILL": """
        kill, wound, slay, injure, die, murder, maim, execute, shoot, shoot dead, leave dead, claim, perish, martyr""",
    "DOWN": """
        shoot down, down, intercept, bring down, chase away, shadow, buzz, tail, harass, jam, escort, turn back, drive
        off, warn off, lock on""",
    "CLASH": """
        clash, battle, fight, exchange fire, trade fire, skirmish, duel, fend off, repel, repulse, brawl, scuffle, swap
        fire""",
    "DEPLOY": """
        deploy, mobilise, mobilize, mass, dispatch, station, amass, call up, conscript, draft, reinforce, redeploy,
        bolster, beef up, rush, move, send, scramble, position, ready, put on alert, transfer, rotate, arm, install,
        fortify, build         up, head for, gather, line up, step up, raise alert, heighten, order, relocate, airlift,
        arrive, patrol, rehearse, drill, activate, militarise, militarize""",
    "HOLD": """
        hold, begin, start, kick off, open, end, wrap up, join, host, plan, resume, launch, announce, schedule, oversee,
        supervise, inspect, guide""",
    "VIOLATE": """
        violate, intrude, cross, breach, stray, encroach, trespass, enter, penetrate, infiltrate, drift, sail, circle,
        overfly, sneak, fly near, approach, incur, tunnel""",
    "SEIZE": """
        seize, board, detain, capture, impound, ram, hijack, collide, intercept, confiscate, arrest, hold, stop, raid,
        sink, block, obstruct, water cannon, commandeer, apprehend""",
    "IMPOSE": """
        impose, slap, adopt, approve, extend, tighten, expand, blacklist, freeze, ban, punish, target, sanction,
        toughen, broaden, widen, renew, propose, pass, vote, back, unveil, endorse, enforce, restrict, bar, mull,
        consider, draft, veto, penalise, penalize, hit with, designate, add, block, embargo, weigh, enact, clamp, pile""",
    "LIFT": """
        lift, ease, waive, remove, drop, relax, unfreeze, roll back, delist, exempt, scrap, loosen, soften, unblock,
        end, revoke, reprieve, alleviate, spare, unwind""",
    "EXPEL": """
        expel, recall, kick out, oust, throw out, summon home, evict, boot out, declare persona non grata, order out,
        send home, give hours, pull out""",
    "SEVER": """
        sever, cut, cut off, break off, suspend, freeze, downgrade, halt, quit, walk out, pull out, withdraw from,
        cancel, abandon, boycott, reject, refuse, rebuff, snub, spurn, stall, collapse, call off, tear up, renounce,
        annul, rip up, fail, break         down, scuttle, end, rule out, shun, disown, ditch, unravel, nullify, exit,
        storm out, postpone, shut, close, shutter, rescind, repudiate, abrogate, derail""",
    "RESUME": """
        resume, restore, reopen, restart, renew, normalise, normalize, re establish, reestablish, relaunch, revive,
        reconnect, thaw, mend, patch up, rebuild, reconcile, kick start""",
    "AGREE": """
        agree, sign, accept, reach, conclude, ratify, offer, propose, invite, welcome, strike deal, seal, ink, clinch,
        finalise, finalize, back down, commit, pledge, honour, honor, extend, broker, mediate, concede, compromise,
        endorse, hail, embrace, take up, open to, ready to talk, willing, relent, blink, cave, bow, yield, make peace,
        lay down arms, come to terms, broach, urge""",
    "MEET": """
        meet, hold talks, sit down, shake hands, visit, host, arrive, greet, confer, negotiate, discuss, engage, talk,
        speak, phone, call, gather, convene, huddle, parley, converge""",
    "WITHDRAW": """
        withdraw, pull back, pull out, retreat, leave, disengage, return home, vacate, hand over, stand down, scale
        back, draw down, evacuate, demobilise, demobilize, quit, abandon, de escalate, redeploy, defuse, back away""",
    "RELEASE": """
        release, free, swap, exchange, hand over, repatriate, return, set free, pardon, let go, hand back, extradite,
        liberate, trade, send back, deliver""",
    "CEASE": """
        halt, stop, suspend, cease, freeze, pause, discontinue, shelve, observe, hold fire, silence guns, cancel, call
        off, scale down, call truce, refrain""",
    "DISMANTLE": """
        dismantle, destroy, disarm, demolish, decommission, surrender, disable, dispose, mothball, dilute, put in
        storage, scrap, shut down, blow up tunnels, defuse, ship out, seal, verify, allow inspectors""",
    "ENRICH": """
        enrich, reprocess, produce, manufacture, build, expand, stockpile, restart, reactivate, develop, weaponise,
        weaponize, miniaturise, miniaturize, acquire, upgrade, install, mount, modernise, modernize, boost, accelerate,
        ramp up, boast, unveil, possess, breed""",
    "THREATEN": """
        threaten, vow, warn, swear, brandish, menace, promise, declare, signal, rattle, dare, caution, pledge, issue
        warning, hint, boast, taunt""",
    "RETALIATE": """
        retaliate, respond, avenge, hit back, strike back, counterattack, annihilate, wipe out, obliterate, crush,
        punish, destroy, reduce to ashes, turn into, pay, regret, face, smash, decapitate, counter, act, defend, drown,
        eliminate, teach lesson, react, take action, rain, incinerate, finish, exterminate, repel""",
    "CONDEMN": """
        condemn, denounce, decry, slam, blast, deplore, protest, rebuke, criticise, criticize, lash out, summon,
        lambast, lambaste, lambasts, complain, object, castigate, assail, censure, hit out, chide, scold, berate, rap,
        demand apology, lodge, demand, anger, outrage, fume, rail, call out, voice, express, raise concern, react
        angrily, warn against, scorn, vilify, take aim, urge, oppose, excoriate, reproach, deride, ridicule, attack""",
    "ACCUSE": """
        accuse, blame, allege, charge, suspect, point finger, implicate, finger, hold responsible, attribute, link,
        trace, pin, claim, impute""",
    "DENY": """
        deny, dismiss, refute, rebut, disavow, reject claim, reject accusation, play down, downplay, debunk, disclaim,
        contradict, retract, walk back, clarify, scoff, brush off""",
    "SAY": """
        say, report, announce, state, confirm, claim, tell, reveal, disclose, acknowledge, admit, insist, believe, note,
        add, describe, show, see, detect, observe, spot, find, publish""",
    "HACK": """
        hack, breach, steal, infect, cripple, knock offline, take down, infiltrate, compromise, penetrate, hit, disrupt,
        deface, target, spy, eavesdrop, crash, paralyse, paralyze, implant, leak, attack""",
    "ARREST": """
        arrest, detain, jail, sentence, convict, charge, try, indict, nab, round up, imprison, acquit, extradite, bust,
        prosecute, foil, thwart, search, interrogate, raid, question""",
    "PREPARE": """
        prepare, plan, ready, gear up, brace, consider, mull, seek, aim, intend, weigh, poise, get ready, want, try,
        expect, schedule, hope, contemplate, eye, look, urge, need, call for, ask, push""",
}
