"""The tables of triage: whole words or phrases, in English, Spanish, French and German. `*` is the rest of a word."""


def _phrases(text: str) -> tuple[str, ...]:
    return tuple(" ".join(phrase.split()) for phrase in text.replace("\n", " ").split(",") if phrase.strip())


ASKS_FOR_PERSON = _phrases(
    """
    real person, actual person, live person, a person please, human being, a human, real human, any human, human
    please, human agent, live agent, an agent, a representative, a rep, speak to someone, speak with someone, talk
    to someone, talk with someone, talk to a person, talk to a human, speak to a person, speak to a human, talk to
    somebody, speak to somebody, speak to your manager, speak to a manager, speak with a manager, talk to a manager,
    talk to your manager, the manager, your manager, your supervisor, a supervisor, call me, call me back, phone me,
    give me a call, ring me, callback, call back, customer service rep*, are you a bot, are you a robot, am i
    talking to a bot, is this a bot, stop the bot, not a bot, not a robot, no bots, no robots, someone who works
    there, somebody who works there, someone from your team, talk to one of you, speak to one of you, talk to a
    real, speak to a real, get me someone, get me a person, put me through, can someone call, can somebody call,
    could someone call, please have someone, have someone call,
    una persona, persona real, ser humano, un humano, un agente, una agente, un representante, con alguien, con un
    encargado, el encargado, el gerente, la gerente, llamame, llameme, me llamen, me pueden llamar, que me llame*,
    atencion humana, eres un robot, es un robot,
    une personne, une vraie personne, un humain, un etre humain, un conseiller, une conseillere, quelqu un, parler a
    quelqu*, rappelez moi, appelez moi, le responsable, un responsable, un agent, m appeler, me rappeler,
    echten menschen, echter mensch, einem menschen, ein mensch, mit jemandem, einem mitarbeiter, ein mitarbeiter,
    einer mitarbeiterin, ruckruf, rufen sie mich, ruf mich, ruft mich, zuruckrufen, den chef, vorgesetzte*, einer
    person, echte person,
    """
)

UPSET = _phrases(
    """
    unacceptable, ridiculous, outrageous, disgust*, pathetic, terrible service, awful service, horrible service,
    worst, furious, fed up, so angry, very angry, really angry, i am angry, im angry, im mad, so mad, so frustrat*,
    really frustrat*, frustrating, frustrated, so upset, very upset, really upset, im upset, i am upset,
    disappointed, disappointing, scam, scammer*, scammed, rip off, ripoff, ripped off, fraud*, thieves, liar*, lied
    to me, you lied, wtf, bullshit, bs, fuck*, shit*, crap, damn, asshole*, idiot*, incompetent, useless, a joke,
    what a joke, never again, never buy*, never order*, never shop*, last time i, waste of money, waste of time,
    sick of, tired of waiting, had enough, no one answers, nobody answers, no one replies, nobody replies, ignoring
    me, ignored me, third time, fourth time, fifth time, bad review, one star, 1 star, shame on you, how dare, still
    waiting, third email, hate you, hate this, cancel everything, take my business, going elsewhere, livid,
    appalled, appalling, atrocious, garbage, trash,
    inaceptable, vergonzos*, verguenza, ridicul*, estafa, estafador*, ladrones, pesimo, pesima, harto, harta,
    furios*, enojad*, enfadad*, indignad*, mierda, que asco, el peor, la peor, nunca mas, mentiros*, decepcionad*,
    molest*, nadie me responde, nadie contesta, nadie responde,
    inadmissible, scandaleux, honteux, honte, arnaque*, voleurs, merde, nul, inacceptable, furieux, furieuse, en
    colere, ras le bol, plus jamais, decu, decue, lamentable, menteur*, la pire, le pire,
    unverschamt*, frechheit, betrug, betruger*, scheiss*, scheisse, scheiße, wutend, sauer, stinksauer, enttauscht,
    inakzeptabel, lacherlich, nie wieder, unmoglich von, schlechteste*, das letzte, verarscht, saftladen,
    """
)

PAYMENT = _phrases(
    """
    charged twice, charged me, double charged, charged double, overcharged, over charged, wrong amount, chargeback,
    charge back, dispute the charge, dispute this charge, dispute a charge, unauthorized charge, unauthorised
    charge, unknown charge, strange charge, my bank, my card number, card number, credit card is, my card is, my
    card was, my cc, cvv, security code, card was declined, card declined, card got declined, payment failed,
    payment didnt go through, payment did not go through, payment not going through, where is my refund, wheres my
    refund, my refund, refund hasnt, refund has not, refund didnt, refund did not, havent received my refund, havent
    gotten my refund, didnt get my refund, never got my refund, never got my money, refund yet, still no refund,
    money back now, want my money, my money back, give me my money, give me a refund, i want a refund, i demand a
    refund, refund me, billed twice, billed me, wrong invoice, invoice is wrong, took money, took the money, paid
    twice, charged for, was charged, been charged, got charged, got billed, was billed, been billed, two charges,
    second charge, bank account, account number, bank statement, iban,
    cobraron, cobrado, cobro doble, cobro dos veces, doble cobro, mi reembolso, mi dinero, devuelvan mi dinero,
    tarjeta rechazada, numero de tarjeta, mi tarjeta, mi banco, contracargo, factura esta mal, quiero un reembolso,
    debite, debitee, debites, preleve deux, facture deux fois, mon remboursement, mon argent, remboursez moi, numero
    de carte, carte refusee, ma banque, ma carte, prelevement,
    abgebucht, doppelt berechnet, doppelt belastet, mein geld, meine erstattung, meine ruckerstattung, kartennummer,
    meine karte, meine bank, rechnung ist falsch, rechnung stimmt nicht, ruckbuchung, zweimal bezahlt,
    """
)

LEGAL = _phrases(
    """
    lawyer*, attorney*, legal action, legally, sue, suing, sued, lawsuit, small claims, court, police, gdpr, ccpa,
    data protection, delete my data, delete all my data, delete my account, delete my information, delete my
    personal, erase my data, my personal data, data you have, what data, privacy request, subpoena, consumer
    protection, attorney general, better business bureau, bbb, ftc, trading standards, copyright, trademark,
    discriminat*, harass*, liability claim, file a claim, press charges, report you to,
    abogad*, demanda, demandar*, demandare, tribunal, policia, denuncia*, proteccion de datos, borren mis datos, mis
    datos, juicio, oficina del consumidor, profeco,
    avocat*, tribunal, porter plainte, plainte, police, rgpd, mes donnees, donnees personnelles, justice, mise en
    demeure,
    anwalt*, rechtsanwalt*, anwaltin, klage, verklage*, gericht, polizei, dsgvo, meine daten, personenbezogene*,
    datenschutz, verbraucherschutz, verbraucherzentrale, anzeige erstatten,
    """
)

SAFETY = _phrases(
    """
    injured, injury, injuries, hurt myself, hurt my, got hurt, cut myself, cut my, cut his, cut her, bleeding,
    blood, burned me, burned my, burnt my, burned myself, burned his, burned her, i got burned, i got burnt, he got
    burn*, she got burn*, a burn,
    burns on, scalded, hospital, emergency, ambulance, 911, 112, allergic reaction, allergy attack, anaphyla*,
    poison*, swallowed, choked, choking, exploded, explode, shattered in my, exploding, caught fire, on fire,
    started a fire, smoke coming, smoking, sparks, electric shock, shocked me, gas leak, suicid*, kill myself, hurt
    someone, want to die, end my life, self harm, got sick, made me sick, made us sick, threw up, vomit*, unsafe,
    dangerous, lead poisoning, glass in my, shard*, cant breathe, dizzy, passed out,
    herid*, me corte, se corto, me queme, se quemo, sangre, sangrando, hospital, urgencias, reaccion alergica,
    intoxic*, se trago, se ha tragado, trago, explot*, incendio, humo, suicid*, matarme, emergencia, peligros*,
    bless*, brulee, brule la, me suis brule*, me suis coupe*, s est coupe*, s est brule*, saigne, du sang, hopital,
    urgence, reaction allergique, avale, explose, en feu, incendie, fumee, suicid*, dangereux,
    verletz*, geschnitten, verbrannt, verbruht, blute, blutet, krankenhaus, notarzt, notfall, allergische reaktion,
    vergift*, verschluckt, explodiert, feuer gefangen, brennt, rauch, selbstmord, umbringen, gefahrlich,
    """
)

# Made of these alone, a text that asks nothing waits for nothing.
COURTESIES = _phrases(
    """
    a, acuerdo, adios, again, all, alles, alright, amazing, appreciate, appreciated, au, auf, awesome, beaucoup,
    bien, bonne, brilliant, buen, bueno, bye, chao, cheers, cool, d'accord, daccord, dank, danke, dankeschon, day,
    de, dia, do, entendido, entendu, evening, excelente, excellent, fine, for, genial, good, goodbye, got, gracias,
    great, gut, haha, hasta, have, hehe, help, igualmente, it, ja, journee, k, kk, klar, lol, lot, lots, lovely,
    luego, merci, mil, much, muchas, nein, nice, night, no, non, nope, noted, ok, okay, one, oui, parfait, passt,
    perfect, perfecto, perfekt, prima, problem, recu, revoir, schon, schonen, see, si, so, soiree, sounds, super,
    sure, sweet, tag, thank, thanks, that's, thats, the, then, thx, too, tschuss, ty, tysm, understood, vale,
    verstanden, very, vielen, weekend, wiedersehen, will, wonderful, worries, yeah, yep, yes, you, your, yup
    """
)
