/** French: the help. */
import type { HelpTexts } from "./en";

export const fr: HelpTexts = {
  ask: "Que voulez-vous savoir ?",
  placeholder: "Comment inviter quelqu’un ?",
  found: "Ces sujets conviennent le mieux :",
  none: "Aucun sujet ne convient à ces mots. Tous sont listés ci-dessous.",
  go: (screen) => `Aller à « ${screen} »`,
  type: "Tapez ceci dans un terminal sur la machine où tourne Autograph :",
  keys: "La touche ? ouvre cette aide de partout.",
  topics: {
    make: {
      title: "Créer une appli",
      text: [
        "Écrivez dans le cadre du premier écran ce que l’appli doit faire : ce qu’elle garde, ce que contient chaque entrée et qui peut le voir. Par exemple : « Une liste de mes disques : artiste, titre, année et prix. »",
        "Quelques secondes plus tard, elle tourne. À côté, on lit ce qui a été compris, ce qui a été supposé et ce qui n’a pas été compris.",
      ],
      words: "nouvelle créer faire commencer construire écrire exemple première application",
    },
    change: {
      title: "Changer une appli",
      text: [
        "Ouvrez l’appli, choisissez « Créer » et dites avec vos mots ce qui doit être différent, par exemple « Ajoute une note » ou « Moi seul peux supprimer des choses ».",
        "La modification est d’abord essayée sur une copie avec vos vraies données. Elle n’est mise en service que si rien n’est perdu et si personne ne voit plus qu’avant ; sinon, on vous demande.",
      ],
      words: "changement modifier modification éditer champ ajouter renommer adapter améliorer différent",
    },
    stopped: {
      title: "Pourquoi elle s’est arrêtée et me demande",
      text: [
        "Parce que la modification perdrait des données, laisserait entrer plus de gens ou casserait quelque chose. Rien ne change avant votre décision.",
        "La carte dit ce qui est en jeu, avec des exemples, et propose des façons plus douces. « Faire exactement ce que j’ai demandé » y est aussi : un point de restauration est d’abord gardé.",
      ],
      words: "refusé bloqué question avertissement approuver confirmer arrêt retenu",
    },
    undo: {
      title: "Annuler quelque chose",
      text: [
        "Dites « Annule la dernière modification » dans la conversation, ou ouvrez « Historique » et rétablissez une version antérieure : l’appli, ses données et qui peut faire quoi redeviennent comme avant.",
        "Ce qui a été saisi depuis est mis de côté et gardé. On peut le rétablir de la même façon.",
      ],
      words: "retour arrière annuler défaire rétablir restaurer version précédente erreur faute perdu récupérer cassé",
    },
    invite: {
      title: "Inviter des personnes",
      text: [
        "Ouvrez « Personnes », écrivez le nom, choisissez comme quoi la personne vient et créez un lien. Envoyez-le à cette personne et à nulle autre : qui l’ouvre est cette personne pour l’appli.",
        "Si le lien est perdu ou en de mauvaises mains, créez-en un nouveau : l’ancien ne marche plus. Si l’appli n’a personne à inviter, dites dans la conversation qui doit voir quoi.",
      ],
      words: "partager invité invitation inviter ami membre équipe lien envoyer utilisateur compte mot de passe collègue quelqu'un",
    },
    access: {
      title: "Qui voit quoi",
      text: [
        "« Accès » dit pour chaque rôle ce qu’il peut voir et faire, et ce qu’on l’a vu obtenir quand tout a été essayé sur une copie. « Voir comme » vous montre l’appli telle qu’il la voit.",
        "Cela se change en le disant, par exemple « Moi seul peux voir les prix ». Ce qui ferait voir plus à quelqu’un n’est jamais fait sans vous demander.",
      ],
      words: "privé public droits permission secret cacher permettre visiteur confidentialité sûr voir peut",
    },
    data: {
      title: "Apporter et emporter des données",
      text: [
        "Apporter : dans l’appli elle-même, ouvrez une liste, puis « Plus » et « Importer un tableau (CSV) ». Tout tableur sait enregistrer un tableau en CSV.",
        "Emporter : « Données » montre tout ce que l’appli garde. Cherchez-y, et enregistrez ce que vous avez trouvé en CSV pour un tableur ou en JSON.",
      ],
      words: "importer exporter excel tableur feuille csv json télécharger tableau fichier enregistrer charger",
    },
    remove: {
      title: "Supprimer une appli, ou ce qu’elle garde sur quelqu’un",
      text: [
        "Toute l’appli : « Réglages », tout en bas. Enregistrez d’abord en tableaux ce que vous voulez garder ; rien ne ramène une appli supprimée.",
        "Une personne : retirez-lui l’accès sous « Personnes » ; ce qu’elle a saisi reste. Pour effacer ses entrées pour de bon, dans l’historique aussi, il y a une commande.",
      ],
      words: "effacer supprimer retirer oublier débarrasser désinstaller personne",
    },
    where: {
      title: "Où sont les données",
      text: [
        "Sur la machine où tourne Autograph, et nulle part ailleurs : les applis, ce qui a été saisi, vos conversations. En général dans le dossier `~/.local/share/autograph`, ou dans celui qui a été nommé au démarrage.",
        "Rien n’est envoyé ailleurs. Le rédacteur est intégré ; il n’a besoin ni de compte ni d’internet.",
      ],
      words: "stocké stockage nuage cloud serveur dossier disque internet gardées",
    },
    backup: {
      title: "Sauvegarder et changer de machine",
      text: [
        "Arrêtez Autograph, copiez tout son dossier de données (en général `~/.local/share/autograph`) et redémarrez-le. La copie contient chaque appli avec ses données, son historique et ses personnes. Gardez-la en lieu sûr : la clé du propriétaire s’y trouve.",
        "Pour utiliser la copie, ici ou sur une autre machine, démarrez Autograph sur ce dossier. N’en laissez pas tourner deux avec des copies des mêmes applis en espérant qu’ils s’accordent.",
        "Pour les données seules, enregistrez-les en tableaux sous « Données ».",
      ],
      words: "sauvegarde sauvegarder copie backup sûr déménager transférer nouvel ordinateur panne disque",
    },
    door: {
      title: "Utiliser un autre navigateur ou un autre appareil",
      text: [
        "Ce studio ne s’ouvre que dans les navigateurs entrés par un lien à usage unique. Affichez un nouveau lien et ouvrez-le dans l’autre navigateur.",
        "Les adresses qui finissent par `localhost` ne marchent que sur cette machine. Cette version écoute sur sa propre machine et n’est pas faite pour l’internet ouvert.",
      ],
      words: "téléphone portable tablette ordinateur connexion entrer lien réseau distance internet adresse",
    },
    model: {
      title: "Brancher un modèle de langage",
      text: [
        "Il n’en faut pas : les applis sont écrites par un programme avec un lexique et des règles, qui dit ce qu’il n’a pas compris. Cette version ne peut pas être reliée à un modèle.",
        "Du code que vous ou un modèle avez écrit ailleurs peut aussi être mis en service. Il passe par les mêmes vérifications que toute modification.",
      ],
      words: "ia intelligence artificielle chatgpt gpt claude llm api clé assistant code programmeur motoko mcp connecter",
    },
    limits: {
      title: "Ce qu’il ne sait pas faire",
      text: [
        "Il crée des applis qui gardent des listes et des personnes, avec des réponses, des réservations, des prêts, des commandes, des stocks, des votes, des pages à lire et choses semblables. Il ne crée ni jeux, ni cartes, ni paiements, et le dit quand on les demande.",
        "Si quelque chose n’a pas été compris, dites-le en phrases plus courtes et une chose à la fois.",
      ],
      words: "impossible limite jeu carte paiement manque comprend limites incapable",
    },
    language: {
      title: "Changer la langue",
      text: [
        "La liste avec le globe, en haut, change la langue de ce studio dans ce navigateur. Une appli parle la langue dans laquelle vous l’avez demandée.",
        "Vous pouvez écrire vos souhaits dans n’importe laquelle de ces dix langues, quelle que soit celle du studio.",
      ],
      words: "langue traduire anglais espagnol français allemand chinois arabe hindi portugais",
    },
  },
};
