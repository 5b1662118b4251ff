/**
 * Wishes for apps, put together from kinds, things, fields and rules in four languages: always the same ones for a
 * seed, and no two that name the same things with the same fields and rules.
 */

const LANGUAGES = {
  en: {
    openings: ['I want an app for our club', 'Make a page for our street', 'We need something for our small firm', 'Please build a site for our school'],
    wish: (opening, one, many, fields, rule) => `${opening}: ${many}. Each ${one} has ${list(fields, 'and')}. ${rule}`,
    things: [
      ['book', 'books'], ['tool', 'tools'], ['recipe', 'recipes'], ['plant', 'plants'], ['concert', 'concerts'], ['bicycle', 'bicycles'],
      ['trip', 'trips'], ['film', 'films'], ['order', 'orders'], ['customer', 'customers'], ['machine', 'machines'], ['idea', 'ideas'],
      ['repair', 'repairs'], ['invoice', 'invoices'], ['horse', 'horses'], ['course', 'courses'],
    ],
    fields: ['a title', 'a price', 'a date', 'a place', 'a rating from 1 to 5', 'an email', 'a description', 'a phone number', 'a colour', 'a number of seats', 'a due date', 'a web address'],
    rules: (one, many) => [
      '', `Everybody may see the ${many}, only I may change them.`, `Only members may see the ${many}.`, `Members may add ${many}.`,
      `A ${one} is open, in progress or done.`, `Visitors may comment on ${many}.`,
    ],
  },
  de: {
    openings: ['Ich möchte eine App für unseren Verein', 'Eine Seite für unsere Straße', 'Wir brauchen etwas für unsere kleine Firma', 'Bitte eine Anwendung für die Schule'],
    wish: (opening, _, many, fields, rule) => `${opening}: ${many} mit ${list(fields, 'und')}. ${rule}`,
    things: [
      ['Buch', 'Bücher'], ['Werkzeug', 'Werkzeuge'], ['Rezept', 'Rezepte'], ['Pflanze', 'Pflanzen'], ['Konzert', 'Konzerte'], ['Fahrrad', 'Fahrräder'],
      ['Ausflug', 'Ausflüge'], ['Film', 'Filme'], ['Auftrag', 'Aufträge'], ['Kunde', 'Kunden'], ['Maschine', 'Maschinen'], ['Idee', 'Ideen'],
      ['Reparatur', 'Reparaturen'], ['Rechnung', 'Rechnungen'], ['Pferd', 'Pferde'], ['Kurs', 'Kurse'],
    ],
    fields: ['Titel', 'Preis', 'Datum', 'Ort', 'Bewertung von 1 bis 5', 'E-Mail', 'Beschreibung', 'Telefonnummer', 'Farbe', 'Anzahl der Plätze', 'Frist', 'Webseite'],
    rules: (_, many) => ['', `Alle dürfen die ${many} sehen, nur ich darf sie ändern.`, `Nur Mitglieder dürfen die ${many} sehen.`, `Mitglieder dürfen ${many} hinzufügen.`],
  },
  fr: {
    openings: ['Je voudrais une application pour notre club', 'Une page pour notre rue', 'Nous voulons un site pour notre petite entreprise', 'Un site pour notre école'],
    wish: (opening, _, many, fields, rule) => `${opening} : des ${many} avec ${list(fields, 'et')}. ${rule}`,
    things: [
      ['livre', 'livres'], ['outil', 'outils'], ['recette', 'recettes'], ['plante', 'plantes'], ['concert', 'concerts'], ['vélo', 'vélos'],
      ['voyage', 'voyages'], ['film', 'films'], ['commande', 'commandes'], ['client', 'clients'], ['machine', 'machines'], ['idée', 'idées'],
      ['réparation', 'réparations'], ['facture', 'factures'], ['cheval', 'chevaux'], ['cours', 'cours'],
    ],
    fields: ['un titre', 'un prix', 'une date', 'un lieu', 'une note de 1 à 5', 'un e-mail', 'une description', 'un numéro de téléphone', 'une couleur', 'un nombre de places'],
    rules: (_, many) => ['', `Tout le monde peut voir les ${many}, moi seul peux les modifier.`, `Seuls les membres peuvent voir les ${many}.`],
  },
  es: {
    openings: ['Quiero una aplicación para nuestro club', 'Una página para nuestra calle', 'Necesitamos algo para nuestra pequeña empresa', 'Un sitio para nuestra escuela'],
    wish: (opening, _, many, fields, rule) => `${opening}: ${many} con ${list(fields, 'y')}. ${rule}`,
    things: [
      ['libro', 'libros'], ['herramienta', 'herramientas'], ['receta', 'recetas'], ['planta', 'plantas'], ['concierto', 'conciertos'], ['bicicleta', 'bicicletas'],
      ['viaje', 'viajes'], ['película', 'películas'], ['pedido', 'pedidos'], ['cliente', 'clientes'], ['máquina', 'máquinas'], ['idea', 'ideas'],
      ['reparación', 'reparaciones'], ['factura', 'facturas'], ['caballo', 'caballos'], ['curso', 'cursos'],
    ],
    fields: ['un título', 'un precio', 'una fecha', 'un lugar', 'una valoración de 1 a 5', 'un correo electrónico', 'una descripción', 'un teléfono', 'un color', 'un número de plazas'],
    rules: (_, many) => ['', `Todos pueden ver los ${many}, solo yo puedo cambiarlos.`, `Solo los miembros pueden ver los ${many}.`],
  },
};

function list(words, and) {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} ${and} ${words.at(-1)}`;
}

/** Numbers below `most`, the same ones for the same seed. */
function dice(seed) {
  let state = seed >>> 0;
  return (most) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * most);
  };
}

function drawn(roll, from, count) {
  const rest = [...from];
  return Array.from({ length: count }, () => rest.splice(roll(rest.length), 1)[0]);
}

/** `count` wishes for the seed. */
export function wishes(count, seed) {
  const roll = dice(seed);
  const seen = new Set();
  const made = [];
  while (made.length < count) {
    const [name, language] = Object.entries(LANGUAGES)[roll(4)];
    const [one, many] = language.things[roll(language.things.length)];
    const fields = drawn(roll, language.fields, 2 + roll(4));
    const rules = language.rules(one, many);
    const rule = rules[roll(rules.length)];
    const key = [name, one, ...[...fields].sort(), rule].join('|');
    if (seen.has(key)) continue;
    seen.add(key);
    const opening = language.openings[roll(language.openings.length)];
    made.push(language.wish(opening, one, many, fields, rule).trim());
  }
  return made;
}
