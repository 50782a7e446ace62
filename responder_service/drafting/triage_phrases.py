"""The tables of triage: whole words or phrases, in English, Spanish, French and German. `*` is the rest of a word.

A single word stands here only where it means the same in whatever question it is: "unsafe" may be asked about,
"bleeding" may not. Words are compared without case and accents, and "don't" is dont."""


def _phrases(text: str) -> tuple[str, ...]:
    return tuple(" ".join(phrase.split()) for phrase in text.replace("\n", " ").split(",") if phrase.strip())


ASKS_FOR_PERSON = _phrases(
    """
    real person, actual person, live person, a person please, person please, human being, a human, real human, any
    human, human please, human agent, live agent, real agent, an agent, a representative, representative please, a
    rep, speak to someone, speak with someone, talk to someone, talk with someone, talk to a person, talk to a human,
    speak to a person, speak to a human, talk to somebody, speak to somebody, speak to your manager, speak to a
    manager, speak with a manager, talk to a manager, talk to your manager, the manager, your manager, your
    supervisor, a supervisor, your boss, call me, call me back, phone me, give me a call, ring me, callback, call
    back, customer service rep*, are you a bot, are you a robot, are you human, are you real, talking to a bot,
    talking to a robot, is this a bot, is this automated, stop the bot, get me a manager, a manager please, anyone i
    can talk to,
    anybody i can talk to, someone i can talk to, somebody i can talk to, human pls, person pls, talk to a machine,
    talking to a machine, talking to a computer, with an ai, to an ai, are you an ai, are you ai, is this ai, automated
    replies, automated reply, automated messages, put me on with, speak to the owner, talk to the owner, speak with the
    owner, give me a person, give me a human, to a person, with a person, can someone from, not a bot, not a robot,
    no bots, no robots,
    someone who works there, somebody who works there, someone from your team, talk to one of you, speak to one of
    you, talk to a real, speak to a real, chat with a real, get me someone, contact me, get in touch with me,
    reach out to me, get me a person, put me through, can
    someone call, can somebody call, could someone call, please have someone, have someone call, transfer me, connect
    me,
    hablar con una persona, con una persona, persona real, una persona por favor, ser humano, un humano, un agente,
    una agente, un representante, con alguien, con un encargado, el encargado, con el gerente, con la gerente, con un
    gerente, el gerente, llamame, llameme, me llamen, me pueden llamar, pueden llamarme, que me llame*, atencion
    humana, eres un robot, es un robot, eres un bot, con el dueno, con la duena, eres una maquina, es una maquina,
    eres una ia, llamarme alguien,
    parler a une personne, une vraie personne, un humain, un etre humain, un conseiller, une conseillere, parler a
    quelqu un, parler avec quelqu un, rappelez moi, appelez moi, le responsable, un responsable, un agent, m appeler,
    me rappeler, etes vous un robot, es tu un robot, est ce un robot, un vrai humain, parler au patron, parler au
    gerant, parler a la patronne,
    parler avec un responsable, etes vous une ia, une machine qui repond,
    echten menschen, echter mensch, einem menschen, ein mensch, mit jemandem sprechen, mit jemandem reden, mit
    jemandem telefonieren, mit einem mitarbeiter, einen mitarbeiter, mit einer mitarbeiterin, ruckruf, rufen sie mich,
    ruf mich, ruft mich, zuruckrufen, den chef, vorgesetzte*, echten person, echte person, bist du ein bot, sind sie
    ein bot, bist du ein roboter, bist du eine ki, sind sie eine ki, mit dem chef, mit der chefin,
    echten mitarbeiter, echte mitarbeiterin, mich jemand anrufen, jemand zuruckruft,
    """
)

UPSET = _phrases(
    """
    unacceptable, not acceptable, ridiculous, outrageous, disgust*, pathetic, terrible service, awful service,
    horrible service, terrible experience, awful experience, horrible experience, horrible company, terrible company,
    the worst, worst service, worst experience, worst company, worst shop, worst store, worst customer service,
    furious, fed up, so angry, very angry, really angry, i am angry, im angry, im mad, so mad, so frustrat*, really
    frustrat*, very frustrat*, frustrating, im frustrated, i am frustrated, so upset, very upset, really upset, im
    upset, i am upset, disappointed, disappointing, scam, scammer*, scammed, rip off, ripoff, ripped off, fraud,
    fraudster*, thieves, liar, liars, lied to me, you lied, wtf, bullshit, bs, fuck*, shit*, crap, crappy, damn,
    asshole*, idiot*, incompetent, useless, what a joke, is a joke, a total joke, never again, never buy from, never
    buy again, never buying, never order from, never order again, never ordering, never shop here, never shopping,
    this is the last time, waste of money, waste of time, sick of, sick and tired, tired of waiting, had enough, no
    one answers, nobody answers, no one replies, nobody replies, no one responds, nobody responds, no reply from you,
    ignoring me, ignored me, being ignored, this is the third time, this is the fourth time, this is the fifth time,
    for the third time, for the fourth time, for the fifth time, third time i, fourth time i, third time asking, third
    time texting, bad review, negative review, one star, 1 star, shame on you, how dare, still waiting, third email,
    third message, hate you, hate this, cancel everything, take my business, going elsewhere, go elsewhere, livid,
    appalled, appalling, atrocious, is garbage, is trash, total garbage, absolute garbage, piece of junk, piece of
    trash, piece of garbage, poor service, terrible quality, awful quality, what the hell, what the heck, are you
    kidding, are you serious, lost a customer, losing a customer, done with you, company sucks, this sucks, you
    suck, yall suck, you guys suck, service
    sucks, store sucks, shop sucks, pissed, screw you, go to hell, you stole, this is theft, ive been waiting, i have
    been waiting, weve been waiting, nobody has answered, no one has answered, nobody has replied, no one has replied,
    nobody has responded, no one has responded, this is insane, beyond frustrated, beyond angry, beyond upset, so
    annoyed, im annoyed, i am annoyed, very annoyed, really annoyed, waste of my time, waste my time, wasting my time,
    this is horrible, this is terrible, this is awful, you are horrible, you are terrible, to complain, a complaint,
    complaint about,
    inaceptable, vergonzos*, que verguenza, es una verguenza, una verguenza, ridicul*, una estafa, estafa, estafador*,
    ladrones, pesimo, pesima, estoy hart*, estamos hart*, furios*, estoy enojad*, muy enojad*, enfadad*, indignad*,
    mierda, que asco, el peor servicio, la peor experiencia, el peor, la peor, nunca mas, mentiros*, decepcionad*,
    estoy molest*, muy molest*, nadie me responde, nadie contesta, nadie responde, nadie me contesta, una burla, es el
    colmo, es un robo, una queja, quiero quejarme, son unos inutiles,
    inadmissible, scandaleux, scandale, honteux, une honte, quelle honte, la honte, arnaque*, voleurs, merde, c est
    nul, vraiment nul, trop nul, inacceptable, furieux, furieuse, en colere, ras le bol, plus jamais chez, jamais
    plus, decu, decue, lamentable, menteur*, la pire, le pire, personne ne repond, personne ne me repond, foutez,
    etes nuls, etes nul, tu es nul, une reclamation, me plaindre,
    unverschamt*, frechheit, betrug, betruger*, abzocke, scheiss*, wutend, bin sauer, echt sauer, so sauer,
    stinksauer, enttauscht, inakzeptabel, nicht akzeptabel, lacherlich, nie wieder, schlechteste*, ist ja das letzte,
    verarscht, saftladen, niemand antwortet, keiner antwortet, reicht mir, die schnauze, unfahig, sauerei,
    beschweren, beschwerde,
    """
)

# Written with pictures or stars instead of letters.
ANGRY_SIGNS = ("😡", "🤬", "😠", "👿", "🖕")
# Who writes these with many exclamation marks is glad.
GLAD = _phrases(
    """
    thank, thanks, thx, ty, love, loved, loving, great, amazing, awesome, beautiful, perfect, excited, wonderful, cant
    wait, congrats, congratulations, yay, happy, hi, hello, hey, gracias, hola, merci, bonjour, danke, hallo, super
    """
)

PAYMENT = _phrases(
    """
    charged twice, charged me, charged my, charged us, double charged, double charge, charged double, overcharged,
    over charged, undercharged, wrong amount, charged the wrong, wrong price, chargeback, charge back, dispute the
    charge, dispute this charge, dispute a charge, dispute the payment, unauthorized charge*, unauthorised charge*,
    unknown charge*, strange charge*, weird charge*, extra charge on, my bank says, my bank account, my bank
    statement, my bank, my card number, my credit card number, credit card is, my card is, my card was, my cc, cvv,
    cvc, security code, card was declined, card declined, card got declined, card is declined, card keeps getting,
    payment failed, payment was declined, payment declined, payment didnt go, payment did not go, payment not going,
    payment wont go, where is my refund, wheres my refund, my refund, refund hasnt, refund has not, refund didnt,
    refund did not, refund never, havent received a refund, havent been refunded, not been refunded, never refunded,
    wasnt refunded, havent gotten a refund, never got my money, no refund yet, still no refund, money back now, want
    my money, my money back, give me my money, give me a refund, i want a refund, i need a refund, i demand a refund,
    demand a refund, refund me, refund my, billed twice, billed me, double billed, wrong invoice, invoice is wrong,
    invoice is incorrect, incorrect invoice, mistake on the invoice, error on the invoice, mistake on my invoice,
    error on my invoice, wrong on my invoice, wrong on the invoice, took money, took the money, took my money, taken
    money, money was taken, paid twice, i was charged, was i charged, were charged, ive been charged, i have been
    charged, been charged, i got charged, got charged, got billed, i was billed, been billed, two charges, second
    charge, another charge, a charge i, charges i dont, charge on my, refund still, went through twice, money left my,
    demand my money, i paid but, paid already but, i already paid, off my account, account number, bank statement, iban,
    cobraron, me han cobrado, han cobrado, cobrado dos veces, cobro doble, cobro dos veces, doble cobro, mi reembolso,
    mi dinero, devuelvan mi dinero, tarjeta rechazada, numero de tarjeta, numero de mi tarjeta, mi tarjeta es, mi
    banco, contracargo, factura esta mal, factura incorrecta, quiero un reembolso, devuelto el dinero, devuelto mi
    dinero, tarjeta fue rechazada, exijo un reembolso, cargo no
    reconocido,
    debite, debitee, debites, debite deux fois, preleve deux, preleve, facture deux fois, facture est fausse, mon
    remboursement, mon argent, remboursez moi, numero de carte, carte refusee, carte a ete refusee, pas ete
    rembourse, pas ete remboursee, pas encore rembourse, ma banque,
    abgebucht, doppelt berechnet, doppelt belastet, doppelt bezahlt, mein geld, meine erstattung, meine
    ruckerstattung, kartennummer, karte wurde abgelehnt, karte abgelehnt, meine bank, rechnung ist falsch, rechnung
    stimmt nicht, falsche rechnung, geld ist noch nicht, geld noch nicht, geld nicht bekommen, geld ist nicht,
    ruckbuchung, zweimal bezahlt, zweimal belastet, zweimal berechnet,
    """
)

LEGAL = _phrases(
    """
    lawyer*, attorney*, legal action, legal advice, legal department, legal team, legal notice, sue you, to sue, will
    sue, ill sue, gonna sue, going to sue, suing, being sued, get sued, lawsuit*, small claims, in court, you to
    court, take this to court, go to court, going to court,
    police, gdpr, ccpa, data protection, delete my data, delete all my data, delete my account, delete my information,
    delete my personal, delete my details, delete my number, erase my, remove my data, remove my information, forget
    my data, my personal data, my personal information, data you have, data do you have, data do you hold, data do you
    store, data you hold, privacy request, subpoena, consumer protection, consumer rights, my rights as a, attorney
    general, better business bureau, bbb, ftc, trading standards, copyright*, trademark*, discriminat*, harass*,
    liability claim, file a claim against, press charges, pressing charges, report you to, reporting you to, class
    action, defamation, this is illegal, its illegal, thats illegal, breaking the law, broke the law, against the law,
    false advertising, remove my personal, my personal info, cease and desist, violating my, violated
    my, breach of contract,
    abogad*, demandar*, demandare, demandarlos, una demanda, acciones legales, accion legal, tribunal*, policia,
    denuncia*, denunciar*, proteccion de datos, borren mis datos, borrar mis datos, eliminar mis datos, eliminen mis
    datos, mis datos personales, mis datos, oficina del consumidor, profeco, rgpd, derechos del consumidor,
    avocat*, tribunal, tribunaux, porter plainte, deposer plainte, police, supprimer mes donnees, supprimez mes
    donnees, mes donnees, donnees personnelles, en justice, mise en demeure, poursuites judiciaires, repression des
    fraudes,
    anwalt*, rechtsanwalt*, anwaltin, verklage*, vor gericht, polizei, dsgvo, meine daten, loschen sie meine,
    personenbezogene*, datenauskunft, verbraucherschutz, verbraucherzentrale, anzeige erstatten, zeige sie an, zeige
    euch an, werde sie anzeigen, rechtliche schritte,
    klage einreichen, abmahnung,
    """
)

SAFETY = _phrases(
    """
    injured, injury, injuries, hurt myself, hurt my, hurt himself, hurt herself, got hurt, was hurt, cut myself, cut
    himself, cut herself, cut my hand*, cut my finger*, cut my foot, cut my arm, cut my leg, cut my lip, cut my
    tongue, cut my mouth, cut my thumb, cut his, cut her, cut himself,
    cut herself, hurt himself, hurt herself, burned himself, burned herself,
    burnt himself, burnt herself, got cut, bleeding, bled, blood, stitches, burned me, burnt
    me, burned my hand*, burnt my hand*, burned my finger*, burnt my finger*, burned my arm, burnt my arm,
    burned my leg*, burnt my leg*, burned my foot, burned my feet, burned my face, burned my skin, burned my
    mouth, burnt my mouth, burned my tongue, burned myself, burnt myself, burned his,
    burned her, i got burned, i got burnt, he got burn*, she got burn*, got scalded, scalded, burn on my, burns on my,
    burns on his, burns on her, emergency room, medical emergency, its an emergency, this is an emergency, in the
    hospital, to the hospital, in hospital, to hospital, hospitalized, hospitalised, ambulance, call 911, called 911,
    paramedic*, allergic reaction, allergy attack, anaphyla*, poisoned, poisoning, swallowed, swallow, swallows,
    ingested, choked, choking on, is choking, was choking, exploded, exploding, explosion, blew up, shattered in my,
    caught fire, catch fire, on fire, started a fire, house fire, smoke coming, smoke is coming, smoke came, full of
    smoke, is smoking, was smoking, started smoking, its smoking, sparks, sparking, sparked, electric shock,
    electrocuted, shocked me, gas leak, smell gas, carbon monoxide, suicid*, kill myself, killing myself, hurt
    someone, hurt somebody, want to die, wanna die, end my life, self harm, harm myself, got sick, made me sick, made
    us sick, making me sick, made him sick, made her sick, threw up, throwing up, vomit*, feels unsafe, this is
    unsafe, its unsafe, this is dangerous, its dangerous, thats dangerous, very dangerous, so dangerous, extremely
    dangerous, safety hazard, glass in my, splinter in my, cant breathe, trouble breathing, dizzy, passed out,
    fainted, unconscious, broke my arm, broke my leg, fell on my, fell on me, fell on him, fell on her, collapsed
    under, collapsed on, tipped over on, trapped, rash on, a rash,
    herido, herida, heridos, me corte, se corto, me queme, se quemo, me he quemado, me he cortado, sangre, sangrando,
    al hospital, en el hospital, urgencias, reaccion alergica, intoxicad*, intoxico, envenenad*, se trago, se ha
    tragado, me trague, explot*, incendio, se incendio, se prendio fuego, echa humo, sale humo, sacando humo, suicid*,
    matarme, es una emergencia, muy peligros*, es peligroso esto, no puedo respirar, descarga electrica, chispas, me
    lastime, se lastimo,
    blesse, blessee, suis brule, suis brulee, me suis brule*, me suis coupe*, s est coupe*, s est brule*, s est
    blesse*, saigne, du sang, a l hopital, aux urgences, une urgence, reaction allergique, a avale, ai avale, explose,
    a explose, en feu, pris feu, incendie, fume, de la fumee, me suicider, suicide, tres dangereux, choc electrique,
    etincelles, intoxication, etouffe,
    verletzt, verletzung*, mich geschnitten, sich geschnitten, in den finger geschnitten, mich verbrannt, sich
    verbrannt, verbruht, blute, blutet, krankenhaus, notarzt, ein notfall, allergische reaktion, vergift*,
    verschluckt, explodiert, feuer gefangen, in flammen, brennt, es raucht, raucht, rauch, selbstmord, umbringen, sehr
    gefahrlich, lebensgefahrlich, stromschlag, funken, erstickt, keine luft,
    """
)

# Made of these alone, a text that asks nothing waits for nothing.
COURTESIES = _phrases(
    """
    a, ah, acuerdo, adios, again, all, alles, alright, amazing, and, appreciate, appreciated, au, auf, awesome,
    beaucoup, bien, bonne, brilliant, buen, bueno, bye, chao, cheers, ciao, cool, d'accord, daccord, dank, danke,
    dankeschon, day, de, dia, dir, do, entendido, entendu, es, evening, excelente, excellent, exactly, fantastic,
    favor, fine, for, from, fur, genial, gerne, glad, good, goodbye, got, gotcha, gracias, great, gut, haha, hahaha,
    hasta, have, hehe, help, helpful, helps, heute, i, igualmente, ihnen, info, information, is, it, its, ja, journee,
    k, kk, klar, la, later, leider, listo, lol, lot, lots, love, lovely, luego, manana, merci, mil, morning, much,
    muchas, muchisimas, muy, my, nein, nice, night, no, non, nope, noted, ok, okay, okey, omg, one, oui, para,
    parfait, passt, per, perfect, perfecto, perfekt, por, prima, problem, quick, reply, response, recu, revoir, schon,
    schonen, see, si, so, soiree, soon, sounds, sure, super, sweet, tag, talk, thank, thanks, that, that's, thats,
    the, then, thx, todo, today, tomorrow, too, tres, tschuss, tu, ty, tysm, ur, understood, vale, verstanden, very,
    viel, vielen, votre, was, weekend, welcome, wiedersehen, will, wonderful, worries, wow, yay, yeah, yep, yes, you,
    your, youre, yup
    """
)
