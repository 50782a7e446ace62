"""Words that say little of what a question is about, by language, without case and accents. Kept by hand: lists for
search engines drop words that matter to a shop, and keep "please"."""

# Grammar and courtesies: nobody asks about these.
_STOP_WORDS = {
    "en": """
        a about actually all already also am an and another any anybody anyone anything are aren arent as ask
        asking at back be been before being both but by bye can cannot cant cause come could couldnt couldve
        curious dear did didnt do does doesnt doing dont each else ever every everyone everything fine folks for
        from gets getting give go going good got guess guys had has hasnt have havent having he heard hello her
        here hey heya hi him his hiya hope how hows i id idk if ill im in inside into is isnt it its ive just
        kindly know last let lets like little lol lot lots love lovely many may maybe me mean might mine more
        morning most much must my myself name needed needs nice no not nothing now of off oh ok okay on one ones
        only or our ourselves out over own per perhaps please pls plz possible possibly question questions quick
        quickly quite really regarding right said same say says see seems shall she should shouldnt so some
        somebody someone something sorry still such sure take taking tell than thank thanks that thats the their
        them then there theres these they theyre thing things think this those though thru thx to together too
        tried try trying u under until up upon ur us very via wanna want wanted wants was wasnt way we well were
        weve what whats when whens where wheres whether which while who whom whos whose why will with within
        wonder wondering wont would wouldnt ya yall yeah yes yet yo you youd your youre yours yourself yup
    """,
    "es": """
        a acerca ademas ahi ahora al algo alguien algun alguna algunas alguno algunos alla alli aqui asi aun
        aunque ayuda ayudar ayudarme bien buen buena buenas bueno buenos cada como con conmigo contigo cosa
        cosas cual cuales cualquier cuando cuanta cuantas cuanto cuantos de decir decirme del desde dia dias
        dice donde dos e el ella ellas ellos en entre era es esa esas ese eso esos esta estan estas este esto
        estos estoy favor fue gracias gustaria ha hace hacen hacer hacia han hasta hay he hola ir la las le les
        lo los mas me mi mis mucha mucho muchos muy nada ni no nos nosotros nuestra nuestro o otra otro otros
        para pero poco poder podria podrian por porque posible pregunta puede pueden puedo pues que quien
        quisiera saber se sea ser si sin sobre solo somos son soy su sus tal tambien tan tarde tardes te tengo
        ti tiene tienen toda todas todo todos tu tus un una unas uno unos usted ustedes va vamos van ver vez voy
        y ya yo
    """,
    "fr": """
        a ai aide alors apres as au aussi autre aux avec avez avoir avons beaucoup bien bonjour bonsoir c ca ce
        ceci cela ces cet cette chez comme comment d dans de des deux dire dois donc du elle elles en encore est
        et etais etait ete etes etre eu faire fait il ils info j je jusque l la le les leur leurs lui m ma mais
        me meme merci mes moi mon n ne nos notre nous on ont ou par parce pas peu peut peux plait pour pourquoi
        pouvez pouvoir puis qu quand que quel quelle quelles quelque quels question qui quoi s sa salut sans
        savoir se sera ses si sil sont sous suis sur t ta te tes toi ton tous tout toute toutes tres tu un une
        va vais voici voila vos votre voudrais vouloir vous y
    """,
    "de": """
        aber alle allem allen aller alles als also am an andere auch auf aus bei beim bin bis bist bitte da
        danke dann das dass dein deine dem den denn der des dich die dies diese diesem diesen dieser dir doch
        dort du durch eigentlich ein eine einem einen einer eines einige er es etwas euch euer eure frage fur
        gern gerne gibt gruss guten habe haben habt hallo hast hat hatte hier ich ihr ihre im in info ins
        irgendwie ist ja jede jetzt kann kannst kein keine konnen konnt konnte konnten mal man mehr mein meine
        mich mir mit mochte muss nach nicht noch nun nur ob oder ohne schon sehr sein seine sich sie sind so
        sollte tag um und uns unser unter viel vielleicht vom von vor war waren warum was weil welche wenn wer
        werden wie wieder will wir wird wissen wo wurde wurden zu zum zur
    """,
}

# These may stand in any question to a shop, so an answer that lacks them may still be one.
_WEAK_WORDS = {
    "en": """
        accept accepts add advice allow allowed allows amount apartment apply arrive arrived arrives bad begin
        best better big bought business buy buyer buying came check choose company confirm correct couple
        current currently customer customers daughter detail details different early explain extra family find
        flat friend furniture general get girlfriend great help home house husband idea important info
        information instead interested issue item items keep kind kitchen late later left living long look
        looking made make makes making mom moment mother moved moving need new next normal normally offer offers
        old online option options order ordered ordering orders other parents particular partner people person
        piece pieces plan planning policies policy problem process product products provide purchase purchased
        purchases purchasing receive received recent recently room rule rules seen sell selling send sent
        service services short situation sold son soon sort start started stuff support talk team today tomorrow
        tonight type types use used using usual usually wait wife without work working works wrong yesterday
    """,
    "es": """
        acepta aceptan articulo articulos ayer casa cliente clientes compra comprado comprar compras compre
        empresa esposa esposo familia funciona hoy informacion llega llegar llego manana muebles necesito nueva
        nuevo ofrece ofrecen opcion opciones pedi pedido pedidos persona politica politicas problema proceso
        producto productos quiero recibi recibir servicio servicios tipo tipos vende venden
    """,
    "fr": """
        acceptez achat achats achete acheter arrive arriver article articles aujourd client commande commander
        commandes demain entreprise famille hier hui maison marche mari meuble meubles nouveau nouvelle offre
        offrez option options personne politique probleme produit produits proposez recevoir recu service
        services type types vend vendez
    """,
    "de": """
        akzeptiert angebot angekommen ankommen arbeiten artikel bekommen bestellen bestellt bestellung
        bestellungen bietet erhalten familie firma frau funktioniert gekauft gestern haus heute kauf kaufen
        kommt kunde kunden mann mobel morgen neu neue neuen option optionen politik problem produkt produkte
        richtlinie service typ verkauft ware
    """,
}

STOP_WORDS = {language: frozenset(words.split()) for language, words in _STOP_WORDS.items()}
WEAK_WORDS = {language: frozenset(words.split()) for language, words in _WEAK_WORDS.items()}
