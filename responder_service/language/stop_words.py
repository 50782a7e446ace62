"""Words that say little of what a question is about, by language, without case and accents. Kept by hand: lists for
search engines drop words that matter to a shop, and keep "please"."""

# Grammar and courtesies: nobody asks about these.
_STOP_WORDS = {
    "en": """
        a about actually advance afternoon again ago ahead all alot already alright also am an and another any
        anybody anyone anything anyways are aren arent as ask asking at back be been before being both btw but
        by bye can cannot cant cause come could couldnt couldve curious dear did didnt do does doesnt doing dont
        dunno each else ever every everyone everything fine folks for from get gets getting give go going gonna
        good got gotta guess guys had has hasnt have havent having he heard hello her here hey heya hi him his
        hiya hope hopefully how hows i id idk if ill im in inside into is isnt it item items its ive just kindly
        know last lemme let lets like little lol lot lots love lovely maam madam many may maybe me mean might
        mine more morning most much must my myself needed needs nice no not nothing now of off oh ok okay on one
        ones only or our ourselves out over own per perfect perhaps please pls plz possible possibly product
        products put question questions quick quickly quite really regarding right said say says see seems shall
        she should shouldnt sir so some somebody someone something sorry still such sure take takes taking team
        tell than thank thanks that thats the their them then there theres these they theyre thing things think
        this those though thru thx to together too took tried try trying u u'd under until up upon ur
        us very via wanna want wanted wants was wasnt way we well were weve what whats when whens where wheres
        whether which while will with within wonder wondering wont work working works would wouldnt ya yall yeah
        yes yesterday yet yo you youd your youre yours yourself yup
    """,
    "es": """
        a acerca ademas ahi ahora al algo alguien algun alguna algunas alguno algunos alla alli aqui articulo
        articulos asi aun aunque ayuda ayudar ayudarme bien buen buena buenas bueno buenos cada como con conmigo
        contigo cosa cosas cual cuales cualquier cuando cuanta cuantas cuanto cuantos de decir decirme del desde
        dia dias dice donde dos e el ella ellas ellos en entre era es esa esas ese eso esos esta estan estas
        este esto estos estoy favor fue gracias gustaria ha hace hacen hacer hacerlo hacia hago han hasta hay he
        hola ir la las le les lo los mas me mi mis mucha mucho muchos muy nada ni no nos nosotros nuestra
        nuestro o otra otro otros para pero poco poder podria podrian por porque posible pregunta producto
        productos puede pueden puedo pues que quisiera saber se sea ser si sin sobre solo somos son soy su sus
        tal tambien tan tarde tardes te tengo ti tiene tienen toda todas todo todos tu tus un una unas uno unos
        usted ustedes va vamos van ver vez voy y ya yo
    """,
    "fr": """
        a ai aide alors apres article articles as au aussi autre aux avec avez avoir avons beaucoup bien bonjour
        bonsoir c ca ce ceci cela ces cet cette chez comme comment d dans de des deux dire dois donc du elle
        elles en encore est et etais etait ete etes etre eu faire fait il ils info j je jusque l la le les leur
        leurs lui m ma mais me meme merci mes moi mon n ne nos notre nous on ont ou par parce pas peu peut peux
        plait pour pouvez pouvoir produit produits puis qu quand que quel quelle quelles quelque quels question
        qui quoi s sa salut sans savoir se sera ses si sil sont sous suis sur t ta te tes toi ton tous tout
        toute toutes tres tu un une va vais voici voila vos votre voudrais vouloir vous y
    """,
    "de": """
        aber alle allem allen aller alles als also am an andere artikel auch auf aus bei beim bin bis bist bitte
        da danke dann das dass dein deine dem den denn der des dich die dies diese diesem diesen dieser dir doch
        dort du durch eigentlich ein eine einem einen einer eines einige er es etwas euch euer eure frage fur
        gern gerne gibt gruss guten habe haben habt hallo hast hat hatte hier ich ihr ihre im in info ins
        irgendwie ist ja jede jetzt kann kannst kein keine konnen konnt konnte konnten mal man mehr mein meine
        mich mir mit mochte muss nach nicht noch nun nur ob oder ohne produkt produkte schon sehr sein seine
        sich sie sind so sollte tag um und uns unser unter viel vielleicht vom von vor wann war waren was weil
        welche wenn werden weshalb wie wieder wieso will wir wird wissen wo woher wohin wurde wurden zu zum zur
    """,
    "pt": """
        a ao aos aqui as ate bem boa bom com como da das de dela dele do dos e ela elas ele eles em entao era
        essa esse esta estao estou eu favor fazem fazer foi gostaria ha isso isto ja la mais mas me meu meus
        minha muito na nao nas nem no nos nossa nosso o obrigada obrigado oi ola onde os ou para pela pelo pode
        podem podia por porque posso pra preciso quais qual quando quanto quantos que quero saber se sem ser seu
        sim sobre sou sua tambem tem temos tenho ter tudo um uma uns voce voces
    """,
    "it": """
        a ai al alla anche avete bene buonasera buongiorno c che ci ciao come con cosa cui da dal dalla de dei
        del della delle di dove e ed era fa fare favore gli grazie ha hai hanno ho i il in io la le lei lo loro
        ma mi mia mio nei nel nella noi non o per perche posso potete prego puo quale quali quando quanti quanto
        questa questo salve se si siete sono sua sul suo tu un una uno vi voi vorrei vostra vostro
    """,
    "nl": """
        aan al als bedankt ben bent bij dag dan dank dat de deze die dit doe doen door een en er graag had hallo
        heb hebben hebt heeft het hij hoe hoi ik in is ja je jij jullie kan kun kunnen kunt maar me meer met mij
        mijn moet mogen na naar nee niet nog nu of om ons onze ook op over te tot u uit uw van veel voor waar
        wanneer was wat we weer welke wij wil willen worden wordt ze zijn zo
    """,
}

# These may stand in any question to a shop, so an answer that lacks them may still be one.
_WEAK_WORDS = {
    "en": """
        able accept accepts accident accidentally advice after allow allowed allows amount answer apparently
        apply appreciate arrive arrived arrives aunt awesome basically beautiful begin bit bought boyfriend
        brother came check checking choose colleague concerned confirm considering contain contains cool correct
        couple cousin coworker current currently customer customers cute dad daughter decided deciding detail
        details different early excited explain few finally find first flat friend friends gave girlfriend given
        glad gorgeous grandfather grandma grandmother happy help home honestly hoping hubby husband include
        includes info information instead interested issue keep kind late later left literally look looking make
        message messages method methods mistake mom moment mother moved moving mum need normal normally noticed
        offer offers option options order ordered ordering orders other particular piece pieces placed placing
        plan planning policies policy problem process prompt provide purchase purchased purchases purchasing
        read receive received recent recently recommend recommendation recommended reply response roommate rule
        rules saw sec seen send sent sister site situation son soon sort start started stuff support supposed
        talk text texting today type types uncle understand unfortunately usual usually wait web website
        whole wife without worried write writing written
    """,
    "es": """
        acepta aceptan amiga amigo ayer casa cliente clientes compra comprado compras compre contenta contento
        empresa entender espero esposa esposo familia funciona hermana hermano hoy informacion leer llega llegar
        llego mama manana mensaje muebles necesito nueva nuevo ofrece ofrecen opcion opciones pagina papa pedi
        pedido pedidos persona politica politicas primera problema proceso quiero recibi recibir respuesta
        servicio servicios sitio tipo tipos vi web
    """,
    "fr": """
        acceptez achat achats achete acheter ami amie arrive arriver aujourd client commande commander commandes
        comprendre content contente demain entreprise espere famille fois frere hier hui lire maison marche mari
        mere message meuble meubles nouveau nouvelle offre offrez option options pere personne politique
        premiere probleme proposez recevoir recu reponse service services site soeur type types vu
    """,
    "de": """
        akzeptiert angebot angekommen ankommen antwort arbeiten bekommen bestellen bestellt bestellung
        bestellungen bietet bruder erhalten erste familie firma frau freund freundin funktioniert gekauft
        gelesen gesehen gestern haus heute hoffe kauf kaufen kommt kunde kunden mann mobel morgen mutter
        nachricht neu neue neuen option optionen politik problem richtlinie schwester seite service typ vater
        verstehen ware webseite
    """,
}

STOP_WORDS = {language: frozenset(words.split()) for language, words in _STOP_WORDS.items()}
WEAK_WORDS = {language: frozenset(words.split()) for language, words in _WEAK_WORDS.items()}
