"""Words that do not say what a question is about, by language, without case and accents: grammar, courtesies, and how
people begin a text. Kept by hand: lists for search engines drop words that matter to a shop, and keep "please"."""

_WORDS = {
    "en": """
        advance check checking put work works
        again
        a about actually all already also am an and another any anybody anyone anything are aren as ask asking at
        back bad be been before being best better both but buy by bye can cannot cant cause come could couldnt
        curious dear did didnt do does doesnt doing dont each else ever every everyone everything fine folks for
        friend from get gets getting give go going good got great guess guys had has hasnt have having he heard
        hello help her here hey hi him his hiya hope how hows i id idk if ill im in info information inside instead
        into is isnt it its ive just kind kindly know last let lets like little lol long look looking lot lots love
        lovely make makes many may maybe me mean might mine more morning most much must my myself name need needed
        needs nice no not nothing now of off oh ok okay on one ones only or other our out over own people perhaps
        please pls plz possible possibly question questions quick quickly quite really regarding right said same say
        says see seems seen send shall she should so some somebody someone something soon sorry still stuff such
        sure take taking tell than thank thanks that thats the their them then there theres these they thing things
        think this those though thru thx to today together too tried try trying u under until up ur us use used
        using usually very wanna want wanted wants was wasnt way we well were weve what whats when where wheres
        whether which while who whom whose why will with within without wonder wondering wont would wouldnt ya yall
        yeah yes yet yo you youd your youre yours yup
    """,
    "es": """
        hago hacerlo
        a acerca ademas ahi ahora al algo alguien algun alguna algunas alguno algunos alla alli aqui asi aun aunque
        ayuda ayudar ayudarme bien buen buena buenas bueno buenos cada como con conmigo contigo cosa cosas cual
        cuales cualquier cuando cuanta cuantas cuanto cuantos de decir decirme del desde dia dias dice donde dos e
        el ella ellas ellos en entre era es esa esas ese eso esos esta estan estas este esto estos estoy favor fue
        gracias gustaria ha hace hacen hacer hacia han hasta hay he hola informacion ir la las le les lo los mas me
        mi mis mucha mucho muchos muy nada necesito ni no nos nosotros nuestra nuestro o otra otro otros para pero
        poco poder podria podrian por porque posible pregunta puede pueden puedo pues que quien quiero quisiera
        saber se sea ser si sin sobre solo somos son soy su sus tal tambien tan tarde tardes te tengo ti tiene
        tienen toda todas todo todos tu tus un una unas uno unos usted ustedes va vamos van ver vez voy y ya yo
    """,
    "fr": """
        a ai aide alors apres as au aussi autre aux avec avez avoir avons beaucoup bien bonjour bonsoir c ca ce ceci
        cela ces cet cette chez comme comment d dans de des deux dire dois donc du elle elles en encore est et etais
        etait ete etes etre eu faire fait il ils info j je jusque l la le les leur leurs lui m ma mais me meme merci
        mes moi mon n ne nos notre nous on ont ou par parce pas peu peut peux plait pour pourquoi pouvez pouvoir
        puis qu quand que quel quelle quelles quelque quels question qui quoi s sa salut sans savoir se sera ses si
        sil sont sous suis sur t ta te tes toi ton tous tout toute toutes tres tu un une va vais voici voila vos
        votre voudrais vouloir vous y
    """,
    "de": """
        aber alle allem allen aller alles als also am an andere auch auf aus bei beim bin bis bist bitte da danke
        dann das dass dein deine dem den denn der des dich die dies diese diesem diesen dieser dir doch dort du
        durch eigentlich ein eine einem einen einer eines einige er es etwas euch euer eure frage fur gern gerne
        gibt gruss guten habe haben habt hallo hast hat hatte hier ich ihr ihre im in info ins irgendwie ist ja jede
        jetzt kann kannst kein keine konnen konnt konnte konnten mal man mehr mein meine mich mir mit mochte morgen
        muss nach nicht noch nun nur ob oder ohne schon sehr sein seine sich sie sind so sollte tag um und uns unser
        unter viel vielleicht vom von vor war waren warum was weil welche wenn wer werden wie wieder will wir wird
        wissen wo wurde wurden zu zum zur
    """,
}

STOP_WORDS = {language: frozenset(words.split()) for language, words in _WORDS.items()}
