/** Spanish: the help. */
import type { HelpTexts } from "./en";

export const es: HelpTexts = {
  ask: "¿Qué quieres saber?",
  placeholder: "¿Cómo invito a alguien?",
  found: "Estos temas encajan mejor:",
  none: "Ningún tema encaja con estas palabras. Abajo están todos.",
  go: (screen) => `Ir a «${screen}»`,
  type: "Escribe esto en una terminal de la máquina donde está Autograph:",
  keys: "La tecla ? abre esta ayuda desde cualquier sitio.",
  topics: {
    make: {
      title: "Crear una app",
      text: [
        "Escribe en el cuadro de la primera pantalla qué debe hacer la app: qué guarda, qué lleva cada entrada y quién puede verlo. Por ejemplo: «Una lista de mis discos: artista, título, año y precio».",
        "Unos segundos después funciona. Al lado se lee lo que se entendió, lo que se supuso y lo que no se entendió.",
      ],
      words: "nueva crear hacer empezar construir escribir ejemplo primera",
    },
    change: {
      title: "Cambiar una app",
      text: [
        "Abre la app, elige «Construir» y di con tus palabras qué debe ser distinto, por ejemplo «Añade una nota» o «Solo yo puedo borrar cosas».",
        "El cambio se prueba antes en una copia con tus datos reales. Solo se pone en marcha si no se pierde nada y nadie ve más que antes; si no, se te pregunta.",
      ],
      words: "cambio cambiar modificar editar campo añadir agregar renombrar adaptar mejorar distinto",
    },
    stopped: {
      title: "Por qué se detuvo y me pregunta",
      text: [
        "Porque el cambio perdería datos, dejaría entrar a más gente o rompería algo. No cambia nada hasta que decidas.",
        "La tarjeta dice qué está en juego, con ejemplos, y ofrece formas más suaves. También está «Haz exactamente lo que pedí»: antes se guarda un punto de restauración.",
      ],
      words: "rechazado bloqueado pregunta aviso aprobar confirmar detuvo negó paró",
    },
    undo: {
      title: "Deshacer algo",
      text: [
        "Di «Deshaz el último cambio» en la conversación, o abre «Historial» y recupera una versión anterior: la app, sus datos y quién puede hacer qué quedan como estaban.",
        "Lo introducido desde entonces se aparta y se guarda. Se puede recuperar igual.",
      ],
      words: "volver atrás deshacer recuperar restaurar anterior versión error equivocación perdido roto",
    },
    invite: {
      title: "Invitar a personas",
      text: [
        "Abre «Personas», escribe el nombre, elige como qué viene y crea un enlace. Envíalo a esa persona y a nadie más: quien lo abra será esa persona para la app.",
        "Si el enlace se perdió o cayó en malas manos, crea otro: el anterior deja de servir. Si la app no tiene a quién invitar, di en la conversación quién debe ver qué.",
      ],
      words: "compartir invitado amigo miembro equipo enlace enviar usuario cuenta contraseña compañero alguien gente",
    },
    access: {
      title: "Quién ve qué",
      text: [
        "«Acceso» dice para cada papel qué puede ver y hacer, y qué se vio que obtiene al probarlo todo en una copia. «Ver como» te muestra la app como la ven ellos.",
        "Se cambia diciéndolo, por ejemplo «Solo yo puedo ver los precios». Lo que dejaría ver más a alguien nunca se hace sin preguntarte.",
      ],
      words: "privado público permisos derechos secreto ocultar permitir visitante privacidad seguro puede",
    },
    data: {
      title: "Meter y sacar datos",
      text: [
        "Meter: en la propia app, abre una lista, luego «Más» e «Importar una tabla (CSV)». Cualquier hoja de cálculo puede guardar una tabla como CSV.",
        "Sacar: «Datos» muestra todo lo que guarda la app. Busca ahí y guarda lo encontrado como CSV para una hoja de cálculo o como JSON.",
      ],
      words: "importar exportar excel hoja cálculo csv json descargar subir tabla archivo guardar cargar",
    },
    remove: {
      title: "Eliminar una app, o lo que guarda sobre alguien",
      text: [
        "La app entera: «Ajustes», abajo del todo. Antes guarda como tablas lo que quieras conservar; nada trae de vuelta una app eliminada.",
        "Una persona: quítale el acceso en «Personas»; lo que introdujo se queda. Para borrar sus entradas para siempre, también del historial, hay una orden.",
      ],
      words: "borrar eliminar quitar olvidar deshacerse desinstalar persona",
    },
    where: {
      title: "Dónde están los datos",
      text: [
        "En la máquina donde está Autograph y en ningún otro sitio: las apps, lo introducido, tus conversaciones. Suelen estar en la carpeta `~/.local/share/autograph`, o en la que se indicó al iniciarlo.",
        "No se envía nada fuera. El escritor está incorporado; no necesita cuenta ni internet.",
      ],
      words: "guardados almacenados nube servidor carpeta disco internet privacidad",
    },
    backup: {
      title: "Copia de seguridad y traslado a otra máquina",
      text: [
        "Detén Autograph, copia toda su carpeta de datos (suele ser `~/.local/share/autograph`) e inícialo de nuevo. La copia tiene cada app con sus datos, su historial y sus personas. Guárdala en lugar seguro: dentro está la llave del propietario.",
        "Para usar la copia, aquí o en otra máquina, inicia Autograph con esa carpeta. No dejes dos en marcha con copias de las mismas apps esperando que coincidan.",
        "Si solo quieres los datos, guárdalos como tablas en «Datos».",
      ],
      words: "copia seguridad respaldo backup guardar seguro trasladar mover ordenador nuevo disco roto",
    },
    door: {
      title: "Usar otro navegador u otro dispositivo",
      text: [
        "Este estudio solo se abre en navegadores que entraron con un enlace de un solo uso. Saca un enlace nuevo y ábrelo en el otro navegador.",
        "Las direcciones que terminan en `localhost` solo sirven en esta máquina. Esta versión atiende en su propia máquina y no está hecha para internet abierto.",
      ],
      words: "teléfono móvil tableta ordenador entrar enlace red remoto internet dirección",
    },
    model: {
      title: "Conectar un modelo de lenguaje",
      text: [
        "No hace falta ninguno: las apps las escribe un programa con un léxico y reglas, que dice lo que no entendió. Esta versión no se puede conectar a un modelo.",
        "También se puede poner en marcha código que tú o un modelo escribisteis en otro sitio. Pasa por las mismas comprobaciones que cualquier cambio.",
      ],
      words: "ia inteligencia artificial chatgpt gpt claude llm api clave asistente código programador motoko mcp",
    },
    limits: {
      title: "Qué no puede hacer",
      text: [
        "Crea apps que guardan listas y personas, con respuestas, reservas, préstamos, pedidos, existencias, votos, páginas para leer y cosas así. No crea juegos, mapas ni pagos, y lo dice cuando se los pides.",
        "Si algo no se entendió, dilo con frases más cortas y de una cosa en una.",
      ],
      words: "imposible límite juego mapa pago falta admite entiende limitaciones",
    },
    language: {
      title: "Cambiar el idioma",
      text: [
        "La lista con el globo, arriba, cambia el idioma de este estudio en este navegador. Una app habla el idioma en que la pediste.",
        "Puedes escribir tus deseos en cualquiera de estos diez idiomas, hable lo que hable el estudio.",
      ],
      words: "idioma lengua traducir inglés español francés alemán chino árabe hindi portugués",
    },
  },
};
