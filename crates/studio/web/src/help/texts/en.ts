/**
 * English: the help. `words` are what people say when they look for a topic and its text doesn't.
 */
import type { TopicId } from "../topics";

export interface HelpTexts {
  ask: string;
  placeholder: string;
  /** Before the topics that a question found. */
  found: string;
  none: string;
  /** On the way to a screen of the app. */
  go: (screen: string) => string;
  /** Before what is typed on the machine. */
  type: string;
  keys: string;
  topics: Record<TopicId, { title: string; text: string[]; words: string }>;
}

export const en: HelpTexts = {
  ask: "What would you like to know?",
  placeholder: "How do I invite someone?",
  found: "These topics fit best:",
  none: "No topic fits these words. All topics are listed below.",
  go: (screen) => `Go to “${screen}”`,
  type: "Type this in a terminal on the machine that Autograph runs on:",
  keys: "The key ? opens this help from everywhere.",
  topics: {
    make: {
      title: "Make an app",
      text: [
        "Write into the box on the first screen what the app should do: what it keeps, what belongs to each entry, and who may see it. For example: “A list of my records: artist, title, year and price.”",
        "A few seconds later it is running. Beside it stands what was understood, what was assumed and what was not understood.",
      ],
      words: "new create start begin build write example first",
    },
    change: {
      title: "Change an app",
      text: [
        "Open the app, choose “Build”, and say in your own words what should be different, for example “Add a note” or “Only I may delete things”.",
        "The change is tried on a copy with your real data first. It goes live only if nothing is lost and nobody sees more than before; otherwise you are asked.",
      ],
      words: "edit modify field add rename different adapt update improve",
    },
    stopped: {
      title: "Why it stopped and asks me",
      text: [
        "Because the change would lose data, let more people in, or break something. Nothing has changed until you decide.",
        "The card names what is at stake, with examples, and offers gentler ways. “Do exactly what I asked” is there too: a restore point is kept first.",
      ],
      words: "refused blocked question warning approve confirm not done held back",
    },
    undo: {
      title: "Undo something",
      text: [
        "Say “Undo that” in the conversation, or open “History” and bring an earlier version back: the app, its data and who may do what become as they were.",
        "What was entered since then is set aside and kept. It can be brought back in the same way.",
      ],
      words: "back revert restore earlier version mistake wrong lost recover broken",
    },
    invite: {
      title: "Invite people",
      text: [
        "Open “People”, write the name, choose as what they come, and make a link. Send it to that person and to nobody else: whoever opens it is that person to the app.",
        "If the link got lost or into wrong hands, make a new one: the old one stops working. If the app has nobody to invite, say in the conversation who should see what.",
      ],
      words: "share guest friend member team link send user login account password colleague role",
    },
    access: {
      title: "Who can see what",
      text: [
        "“Access” says for each role what it may see and do, and what it was seen to get when everything was tried on a copy. “See it as” shows you the app as they see it.",
        "You change it by saying so, for example “Only I may see the prices”. What would let anyone see more is never done without asking you.",
      ],
      words: "private public rights permission secret hide allow visitor stranger privacy safe",
    },
    data: {
      title: "Bring data in and take it out",
      text: [
        "In: in the app itself, open a list, then “More” and “Import a table (CSV)”. Every spreadsheet can save a table as CSV.",
        "Out: “Data” shows everything that the app keeps. Search there, and save what you found as CSV for a spreadsheet or as JSON.",
      ],
      words: "import export excel spreadsheet csv json download upload table file save load",
    },
    remove: {
      title: "Delete an app, or what it keeps about someone",
      text: [
        "The whole app: “Settings”, at the bottom. Save what you want to keep as tables first; nothing brings a deleted app back.",
        "One person: take their access away under “People”; what they entered stays. To erase their entries for good, from the history as well, there is a command.",
      ],
      words: "erase remove forget get rid gone destroy uninstall person",
    },
    where: {
      title: "Where the data lie",
      text: [
        "On the machine that Autograph runs on, and nowhere else: the apps, what was entered, your conversations. Usually they are in the folder `~/.local/share/autograph`, or in the one that was named when it was started.",
        "Nothing is sent away. The writer is built in; it needs no account and no internet.",
      ],
      words: "stored storage cloud server folder disk internet privacy kept online",
    },
    backup: {
      title: "Back up and move to another machine",
      text: [
        "Stop Autograph, copy its whole data folder (usually `~/.local/share/autograph`), and start it again. The copy holds every app with its data, history and people. Keep it in a safe place: the owner’s key is in it.",
        "To use the copy, here or on another machine, start Autograph on that folder. Don’t let two run with copies of the same apps and expect them to agree.",
        "For the data alone, save them as tables under “Data”.",
      ],
      words: "backup copy save export safe transfer new computer crash disk broken",
    },
    door: {
      title: "Use another browser or another device",
      text: [
        "This studio opens only for browsers that were let in by a one-time link. Print a new link and open it in the other browser.",
        "Addresses that end in `localhost` work on this machine only. This version listens on its own machine and is not made for the open internet.",
      ],
      words: "phone tablet mobile computer login link enter network remote internet address",
    },
    model: {
      title: "Connect a language model",
      text: [
        "None is needed: apps are written by a program with a lexicon and rules, which says what it did not understand. This version can’t be connected to a model.",
        "Code that you or a model wrote elsewhere can be put live as well. It goes through the same checks as every change.",
      ],
      words: "ai artificial intelligence chatgpt gpt claude llm api key assistant code programmer motoko mcp",
    },
    limits: {
      title: "What it can’t do",
      text: [
        "It makes apps that keep lists and people, with answers, bookings, lending, orders, stock, votes, pages to read and their like. It does not make games, maps or payments, and says so when you ask for them.",
        "If something was not understood, say it in shorter sentences and one thing at a time.",
      ],
      words: "cannot impossible unable limit game map payment missing support understand fail",
    },
    language: {
      title: "Change the language",
      text: [
        "The list with the globe, at the top, changes the language of this studio for this browser. An app speaks the language in which you asked for it.",
        "You can write your wishes in any of these ten languages, whatever the studio speaks.",
      ],
      words: "translate english spanish german french chinese arabic hindi swahili portuguese indonesian",
    },
  },
};
