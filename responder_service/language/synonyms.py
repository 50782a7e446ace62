"""Words and phrases that mean the same to whoever asks a shop, by language, without case and accents. Those of a line
are compared as one; a phrase on two lines means both."""

_SYNONYMS = {
    "en": {
        "ship": """
            ship, ships, shipped, shipping, shipment, shipments, deliver, delivers, delivered, delivering,
            delivery, deliveries, ship free, ships free, free shipping, free delivery, postage, courier,
            shipping costs, shipping cost, shipping fee
        """,
        "return": """
            return, returns, returned, returning, returnable, send back, send it back, send them back, send this
            back, sending it back, bring back, bring it back, take it back, give it back, ship it back, send
            something back, sending something back, bring something back, take something back, sent back, send
            stuff back, return something
        """,
        "refund": "refund, refunds, refunded, refunding, money back, reimburse, reimbursed",
        "exchange": "exchange, exchanges, exchanged, exchanging, swap, swapped, trade it for",
        "price": """
            price, prices, pricing, cost, costs, fee, fees, how much, charge, charges, rate, rates, is it free,
            is free, are free, for free, ship free, ships free, free shipping, free delivery, shipping costs,
            shipping cost, shipping fee, free of charge, no cost, no charge, run me, set me back
        """,
        "free": """
            free, is it free, is free, are free, for free, ship free, ships free, free shipping, free delivery,
            free of charge, no cost, no charge
        """,
        "duration": """
            how long, how soon, how fast, how quickly, how many days, how many weeks, how many months, when
            will, day, days, week, weeks, month, months, year, years, lead time, time frame, timeframe,
            turnaround, hour, minute, minutes, half an hour
        """,
        "open": """
            open, opens, opened, opening, hours, business hours, opening hours, opening times, store hours,
            close, closes, closed, closing, what time
        """,
        "place": """
            located, location, locations, address, directions, find you, where are you, where is your, where are
            your, wheres your, get to you, get there, find your shop, find your store
        """,
        "warranty": "warranty, warranties, guarantee, guarantees, guaranteed, warrantied",
        "assemble": """
            assemble, assembled, assembling, assembly, put together, put it together, put them together, set up,
            set it up
        """,
        "cancel": """
            cancel, cancels, cancelled, canceled, cancelling, canceling, cancellation, cancellations, call off
        """,
        "track": """
            track, tracks, tracked, tracking, where is my order, wheres my order, where is my package, wheres my
            package, order status, status of my order, when will my order arrive, when will it arrive, when will
            my package arrive, when does my order arrive, when will my order come, when will i get my order,
            where is my stuff, wheres my stuff, where is my parcel, wheres my parcel
        """,
        "pay": "pay, pays, paid, paying, payment, payments",
        "damage": """
            damage, damages, damaged, broken, broke, cracked, chipped, defective, defect,
            dented, shattered, smashed, crack, cracks, chip, chips
        """,
        "clean": """
            clean, cleans, cleaning, cleaned, care, care for, take care, wash, washing, washed, washable, wipe,
            care instructions, scrub, remove, get rid of
        """,
        "repair": "repair, repairs, repaired, repairing, fix, fixed, fixing, mend",
        "store": "store, stores, shop, shops, showroom, showrooms",
        "discount": """
            discount, discounts, discounted, coupon, coupons, promo, promo code, promo codes, discount code,
            promotion, promotions
        """,
        "collect": "pick up, pickup, picking up, pick it up, pick up in store, collect, collection from, collect it",
        "sofa": "sofa, sofas, couch, couches, settee",
        "gift": "gift, gifts, present, presents",
        "abroad": """
            international, internationally, abroad, overseas, other countries, outside the us, worldwide,
            foreign
        """,
        "usa": "usa, united states, america, the us",
        "uk": "uk, united kingdom, great britain, england, britain",
        "change": "change, changes, changed, changing, modify, edit, amend",
        "appointment": "appointment, appointments, book a visit, booking, bookings",
        "size": """
            size, sizes, dimension, dimensions, measurement, measurements, how big, how wide, how tall, how
            large
        """,
        "weight": "weight, weigh, weighs, how heavy",
        "material": "material, materials, made of, made from, made out of",
        "color": "color, colors, colour, colours, shade, shades",
        "stock": "in stock, out of stock, stock, back in stock, restock, available, availability",
        "job": "job, jobs, hiring, career, careers, vacancy, vacancies",
        "child": "child, children, kid, kids, toddler, toddlers",
        "phone": """
            phone, telephone, call you, phone number, telephone number, call the shop, call the store, ring you
        """,
        "expire": "expire, expires, expired, expiry, expiration, valid, expiration date, run out",
        "email": "email, e mail, mail address, email address",
        "learn": "class, classes, course, courses, lesson, lessons, workshop, workshops",
        "bulk": "bulk, wholesale, reseller, resell",
        "fails": """
            does not work, doesnt work, not working, isnt working, is not working, wont work, will not work,
            stopped working, didnt work, did not work, dont work, do not work, is down, error, errors, cant log
            in, forgot my password
        """,
        "missing": """
            missing, not there, not here, isnt here, is not here, isnt there, nothing is here, nothing here,
            nothing there, didnt arrive, did not arrive, hasnt arrived, has not arrived, never arrived, havent
            received, have not received, havent got, didnt receive, did not receive, never received, never came,
            didnt come, dont have it, lost
        """,
        "sameday": "same day, next day, overnight",
        "express": "express, expedited, rush, faster, quicker",
        "buy": "buy, buys, buying, sell, sells, selling",
    },
    "es": {
        "ship": """
            envio, envios, enviar, envian, envia, enviais, enviarlo, entrega, entregas, entregar, entregan,
            reparto, mandan, gastos de envio, coste de envio, costo de envio, costo del envio
        """,
        "return": """
            devolucion, devoluciones, devolver, devolverlo, devolverla, devuelvo, devuelven, regresar,
            regresarlo
        """,
        "refund": "reembolso, reembolsos, reembolsar, reembolsan, devuelven el dinero",
        "exchange": "cambio, cambios, cambiar, cambiarlo, cambiarla",
        "price": """
            precio, precios, coste, costo, costos, costes, cuesta, cuestan, cuanto cuesta, cuanto cuestan,
            cuanto vale, cobran, tarifa, tarifas, gratis, gratuito, gratuita, gratuitos, gastos de envio, coste
            de envio, costo de envio, costo del envio
        """,
        "duration": """
            cuanto tiempo, cuanto tarda, cuanto tardan, cuanto demora, cuanto demoran, cuantos dias, tarda,
            tardan, demora, plazo, plazos, dia, dias, semana, semanas, mes, meses, ano, anos, minuto, minutos
        """,
        "open": """
            abierto, abiertos, abierta, abren, abre, abris, abrir, cierran, cierra, cerrado, horario, horarios,
            que hora, a que hora
        """,
        "place": """
            ubicacion, ubicados, ubicada, direccion, donde estan, donde esta, donde quedan, donde queda,
            dondequeda, donde queda la, donde se encuentran, donde se encuentra, donde estan ubicados
        """,
        "warranty": "garantia, garantias, garantizado",
        "assemble": "montaje, montar, montan, armar, arman, armado, ensamblar, ensamblaje",
        "cancel": "cancelar, cancelo, cancelacion, cancelaciones, anular",
        "pay": "pago, pagos, pagar, pagan",
        "damage": "danado, danada, danados, roto, rota, rotos, defectuoso, dano, danos",
        "clean": "limpiar, limpieza, limpio, limpia, cuidar, cuidado, cuidados, lavar",
        "repair": "reparar, reparan, reparacion, reparaciones, arreglar, arreglan",
        "store": "tienda, tiendas, local, showroom",
        "collect": "recoger, recogida, recogerlo, retirar",
        "abroad": "internacional, internacionales, extranjero, otros paises",
        "usa": "eeuu, ee uu, estados unidos",
        "sofa": "sofa, sofas, sillon, sillones",
        "learn": "clase, clases, curso, cursos, taller, talleres",
        "child": "nino, ninos, nina, ninas",
    },
    "fr": {
        "ship": """
            livraison, livraisons, livrer, livrez, livre, livres, expedition, expedier, expediez, envoi,
            envoyez, frais de livraison, frais de port
        """,
        "return": "retour, retours, retourner, renvoyer, retourne, rendre",
        "refund": "remboursement, remboursements, rembourser, rembourse, remboursez",
        "exchange": "echange, echanges, echanger",
        "price": """
            prix, cout, couts, coute, coutent, tarif, tarifs, combien coute, combien ca coute, combien, gratuit,
            gratuite, gratuits, gratuitement, frais, frais de livraison, frais de port
        """,
        "duration": """
            combien de temps, combien de jours, delai, delais, jour, jours, semaine, semaines, mois, an, ans,
            annee, annees, heure, minute, minutes
        """,
        "open": """
            ouvert, ouverts, ouverte, ouvrez, ouvre, ouverture, fermez, ferme, fermes, fermeture, horaire,
            horaires, heures d ouverture, quelle heure, a quelle heure
        """,
        "place": "adresse, situe, situes, situee, ou etes vous, ou se trouve, ou est votre",
        "warranty": "garantie, garanties, garanti",
        "assemble": "montage, monter, assembler, assemblage",
        "cancel": "annuler, annulation, annulations",
        "pay": "payer, paiement, paiements, payez, regler",
        "damage": "abime, abimee, casse, cassee, endommage, endommagee, defectueux",
        "clean": "nettoyer, nettoyage, entretien, entretenir, laver",
        "repair": "reparer, reparation, reparations, reparez",
        "store": "magasin, magasins, boutique, boutiques, showroom",
        "collect": "retirer, retrait, recuperer",
        "abroad": "international, etranger, autres pays",
        "usa": "etats unis",
        "sofa": "canape, canapes, sofa",
        "learn": "cours, atelier, ateliers",
    },
    "de": {
        "ship": """
            versand, versenden, versendet, verschicken, verschickt, liefern, liefert, lieferung, lieferungen,
            geliefert, versandkosten, lieferkosten, lieferzeit, lieferzeiten, lieferdauer, zustellung
        """,
        "return": """
            ruckgabe, ruckgaben, rucksendung, rucksendungen, retoure, retouren, zuruckgeben, zuruckschicken,
            zurucksenden, umtausch und ruckgabe, ruckgaberecht, ruckgabefrist
        """,
        "refund": "erstattung, erstatten, erstattet, ruckerstattung, geld zuruck",
        "exchange": "umtausch, umtauschen, tauschen, austausch",
        "price": """
            preis, preise, kosten, kostet, wie viel kostet, wieviel kostet, was kostet, gebuhr, gebuhren,
            kostenlos, gratis, kostenfrei, versandkosten, lieferkosten
        """,
        "duration": """
            wie lange, wie schnell, wie viele tage, dauer, dauert, tag, tage, tagen, woche, wochen, monat,
            monate, monaten, jahr, jahre, jahren, frist, lieferzeit, lieferzeiten, lieferdauer, ruckgabefrist,
            stunde, stunden, minute, minuten
        """,
        "open": """
            offen, geoffnet, offnet, offnungszeiten, offnungszeit, geschlossen, schliesst, schliessen, wann habt
            ihr auf
        """,
        "place": """
            adresse, standort, standorte, wo seid ihr, wo finde ich euch, wo sind sie, wo ist euer, wo befindet,
            wo finde ich sie, wo findet man, finden sie uns, wo finden wir
        """,
        "warranty": "garantie, garantien, gewahrleistung",
        "assemble": "montage, montieren, aufbau, aufbauen, zusammenbau, zusammenbauen",
        "cancel": "stornieren, storno, stornierung, widerrufen, widerruf",
        "pay": "zahlen, zahlung, bezahlen, zahlungsarten, bezahlung",
        "damage": "beschadigt, defekt, kaputt, schaden, gebrochen, zerbrochen",
        "clean": "reinigen, reinigung, pflege, pflegen, putzen",
        "repair": "reparieren, reparatur, reparaturen, repariert",
        "store": "laden, geschaft, geschafte, filiale, filialen, showroom",
        "collect": "abholen, abholung",
        "abroad": "international, ausland",
        "usa": "vereinigte staaten",
        "sofa": "sofa, sofas, couch",
        "learn": "kurs, kurse",
    },
}


def _meanings(groups: dict[str, str]) -> dict[tuple[str, ...], tuple[str, ...]]:
    found: dict[tuple[str, ...], tuple[str, ...]] = {}
    for name, phrases in groups.items():
        for phrase in phrases.split(","):
            words = tuple(phrase.split())
            found[words] = (*found.get(words, ()), f"={name}")
    return found


# What each phrase, as its words, is compared as. The signs "=" keep these apart from words.
SYNONYMS = {language: _meanings(groups) for language, groups in _SYNONYMS.items()}
