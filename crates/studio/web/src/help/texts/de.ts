/** German: the help. */
import type { HelpTexts } from "./en";

export const de: HelpTexts = {
  ask: "Was möchtest du wissen?",
  placeholder: "Wie lade ich jemanden ein?",
  found: "Diese Themen passen am besten:",
  none: "Zu diesen Worten passt kein Thema. Unten stehen alle.",
  go: (screen) => `Zu „${screen}“`,
  type: "Gib das in einem Terminal auf dem Rechner ein, auf dem Autograph läuft:",
  keys: "Die Taste ? öffnet diese Hilfe von überall.",
  topics: {
    make: {
      title: "Eine App machen",
      text: [
        "Schreib in das Feld auf der ersten Seite, was die App können soll: was sie aufbewahrt, was zu jedem Eintrag gehört und wer es sehen darf. Zum Beispiel: „Eine Liste meiner Schallplatten: Künstler, Titel, Jahr und Preis.“",
        "Ein paar Sekunden später läuft sie. Daneben steht, was verstanden, was angenommen und was nicht verstanden wurde.",
      ],
      words: "neu neue erstellen anlegen anfangen beginnen bauen schreiben beispiel erste",
    },
    change: {
      title: "Eine App ändern",
      text: [
        "Öffne die App, wähle „Bauen“ und sag mit deinen Worten, was anders sein soll, zum Beispiel „Füge eine Notiz hinzu“ oder „Nur ich darf etwas löschen“.",
        "Die Änderung wird erst an einer Kopie mit deinen echten Daten erprobt. In Betrieb geht sie nur, wenn nichts verloren geht und niemand mehr sieht als vorher; sonst wirst du gefragt.",
      ],
      words: "änderung bearbeiten anpassen feld hinzufügen umbenennen verbessern anders verändern",
    },
    stopped: {
      title: "Warum es anhält und mich fragt",
      text: [
        "Weil die Änderung Daten verlieren, mehr Leute hereinlassen oder etwas kaputt machen würde. Nichts ändert sich, bis du entscheidest.",
        "Die Karte nennt, was auf dem Spiel steht, mit Beispielen, und bietet sanftere Wege. „Tu genau, was ich gesagt habe“ gibt es auch: Vorher wird ein Wiederherstellungspunkt angelegt.",
      ],
      words: "abgelehnt angehalten blockiert frage warnung bestätigen genehmigen weigert gestoppt",
    },
    undo: {
      title: "Etwas rückgängig machen",
      text: [
        "Sag im Gespräch „Mach das rückgängig“, oder öffne „Verlauf“ und hol eine frühere Version zurück: Die App, ihre Daten und wer was darf werden, wie sie waren.",
        "Was seither eingetragen wurde, wird beiseitegelegt und aufbewahrt. Es lässt sich ebenso zurückholen.",
      ],
      words: "zurück zurückholen wiederherstellen widerrufen frühere alte version fehler falsch verloren kaputt retten",
    },
    invite: {
      title: "Leute einladen",
      text: [
        "Öffne „Leute“, schreib den Namen, wähle, als was die Person kommt, und mach einen Link. Schick ihn an diese Person und an niemanden sonst: Wer ihn öffnet, ist für die App diese Person.",
        "Ging der Link verloren oder in falsche Hände, mach einen neuen: Der alte gilt nicht mehr. Hat die App niemanden zum Einladen, sag im Gespräch, wer was sehen soll.",
      ],
      words: "teilen gast gäste einladung lade freund mitglied team link schicken nutzer konto anmelden passwort kollege jemanden",
    },
    access: {
      title: "Wer was sehen kann",
      text: [
        "„Zugriff“ sagt für jede Rolle, was sie sehen und tun darf, und was sie bekam, als alles an einer Kopie ausprobiert wurde. „Ansehen als“ zeigt dir die App, wie sie sie sieht.",
        "Du änderst es, indem du es sagst, zum Beispiel „Nur ich darf die Preise sehen“. Was jemanden mehr sehen ließe, geschieht nie, ohne dich zu fragen.",
      ],
      words: "privat öffentlich rechte berechtigung erlaubnis geheim verbergen verstecken erlauben besucher datenschutz sicher sieht",
    },
    data: {
      title: "Daten hineinbringen und herausholen",
      text: [
        "Hinein: Öffne in der App selbst eine Liste, dann „Mehr“ und „Tabelle einlesen (CSV)“. Jede Tabellenkalkulation kann eine Tabelle als CSV speichern.",
        "Heraus: „Daten“ zeigt alles, was die App aufbewahrt. Such dort und speichere das Gefundene als CSV für eine Tabellenkalkulation oder als JSON.",
      ],
      words: "import importieren export exportieren excel tabelle csv json herunterladen hochladen datei speichern laden",
    },
    remove: {
      title: "Eine App löschen, oder was sie über jemanden aufbewahrt",
      text: [
        "Die ganze App: „Optionen“, ganz unten. Speichere vorher als Tabellen, was du behalten willst; nichts bringt eine gelöschte App zurück.",
        "Eine Person: Nimm ihr unter „Leute“ den Zugriff; was sie eingetragen hat, bleibt. Um ihre Einträge endgültig zu tilgen, auch aus dem Verlauf, gibt es einen Befehl.",
      ],
      words: "löschen entfernen weg vergessen loswerden tilgen deinstallieren person",
    },
    where: {
      title: "Wo die Daten liegen",
      text: [
        "Auf dem Rechner, auf dem Autograph läuft, und nirgends sonst: die Apps, das Eingetragene, deine Gespräche. Meist im Ordner `~/.local/share/autograph` oder in dem, der beim Start genannt wurde.",
        "Nichts wird weggeschickt. Der Schreiber ist eingebaut; er braucht kein Konto und kein Internet.",
      ],
      words: "gespeichert speicherort cloud wolke server ordner festplatte internet datenschutz",
    },
    backup: {
      title: "Sichern und auf einen anderen Rechner umziehen",
      text: [
        "Halte Autograph an, kopiere seinen ganzen Datenordner (meist `~/.local/share/autograph`) und starte es wieder. Die Kopie enthält jede App mit ihren Daten, ihrem Verlauf und ihren Leuten. Bewahre sie sicher auf: Der Schlüssel des Eigentümers liegt darin.",
        "Um die Kopie zu benutzen, hier oder auf einem anderen Rechner, starte Autograph mit diesem Ordner. Lass nicht zwei mit Kopien derselben Apps laufen und erwarte, dass sie übereinstimmen.",
        "Nur die Daten: Speichere sie unter „Daten“ als Tabellen.",
      ],
      words: "backup sicherung sicherungskopie kopie sichern umziehen übertragen neuer computer absturz festplatte kaputt",
    },
    door: {
      title: "Einen anderen Browser oder ein anderes Gerät benutzen",
      text: [
        "Dieses Studio öffnet sich nur für Browser, die mit einem Einmal-Link hereinkamen. Lass dir einen neuen Link ausgeben und öffne ihn im anderen Browser.",
        "Adressen, die auf `localhost` enden, gelten nur auf diesem Rechner. Diese Version lauscht auf ihrem eigenen Rechner und ist nicht für das offene Internet gemacht.",
      ],
      words: "telefon handy smartphone tablet computer einloggen anmelden link netzwerk fern internet adresse",
    },
    model: {
      title: "Ein Sprachmodell anschließen",
      text: [
        "Es braucht keines: Apps schreibt ein Programm mit Wörterbuch und Regeln, das sagt, was es nicht verstanden hat. Diese Version lässt sich nicht mit einem Modell verbinden.",
        "Code, den du oder ein Modell anderswo geschrieben hat, kann ebenfalls in Betrieb gehen. Er durchläuft dieselben Prüfungen wie jede Änderung.",
      ],
      words: "ki künstliche intelligenz chatgpt gpt claude llm api schlüssel assistent code programmierer motoko mcp verbinden",
    },
    limits: {
      title: "Was es nicht kann",
      text: [
        "Es macht Apps, die Listen und Leute aufbewahren, mit Antworten, Buchungen, Ausleihen, Bestellungen, Beständen, Abstimmungen, Seiten zum Lesen und Ähnlichem. Spiele, Karten und Zahlungen macht es nicht, und sagt es, wenn du darum bittest.",
        "Wurde etwas nicht verstanden, sag es in kürzeren Sätzen und eins nach dem anderen.",
      ],
      words: "unmöglich grenze grenzen spiel karte zahlung bezahlen fehlt versteht nicht möglich",
    },
    language: {
      title: "Die Sprache wechseln",
      text: [
        "Die Liste mit der Weltkugel, oben, wechselt die Sprache dieses Studios in diesem Browser. Eine App spricht die Sprache, in der du um sie gebeten hast.",
        "Deine Wünsche kannst du in jeder dieser zehn Sprachen schreiben, was auch immer das Studio spricht.",
      ],
      words: "sprache übersetzen englisch spanisch französisch deutsch chinesisch arabisch hindi portugiesisch",
    },
  },
};
