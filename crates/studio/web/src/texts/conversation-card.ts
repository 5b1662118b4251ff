/** Words of the answer's chips, of the card before a switch, and of versions side by side. */
import type { VerdictPart } from "../api";

const plural = (n: number, one: string, many: string) => `${n.toLocaleString("en")} ${n === 1 ? one : many}`;

export const card = {
  chips: {
    understood: "Say it otherwise",
    takeOut: "Take it out",
    notSo: "Not like that…",
    other: "Something else…",
    differently: "Say it differently…",
    leave: "Leave it",
    left: "left as it is",
    more: (n: number) => `Show ${n.toLocaleString("en")} more`,
    choose: "What should it be?",
  },

  change: {
    title: "This is what would change",
    lead: "It is built and checked, and not live yet: the app is as it was until you say yes.",
    back: "This is what going back would do",
    what: "What changes",
    new: "New",
    gone: "Gone",
    other: "Different",
    was: (text: string) => `It was: ${text}`,
    nothing: "Nothing that the app’s description says: it is a matter of looks or of code.",
    data: "Your data",
    noData: "No data is touched.",
    access: "Who gains or loses access",
    noAccess: "Nobody sees or changes more or less than before.",
    accept: "Put it live",
    adjust: "Adjust it…",
    leave: "Leave it",
    undo: "Undo",
    undoing: "Taking the last change back",
    yes: "Yes, do that.",
    detail: "Details for engineers",
    detailNone: "The checks noted nothing.",
    rooms: {
      build: "build",
      interface: "interface",
      data: "data",
      access: "access",
      behaviour: "behaviour",
    } satisfies Record<VerdictPart, string>,
  },

  show: {
    title: "Show me changes before they go live",
    text: "What would lose data or let somebody in always asks first. This is about all other changes, in this browser.",
    label: "Show me first",
    choices: {
      weighty: "what touches data or access",
      always: "every change",
      never: "nothing: put it live at once",
    },
  },

  history: {
    point: "Restore point",
    noPoint: "No restore point",
    picture: (n: number) => `The first page of version ${n}`,
    compare: "Compare",
    compareLong: (n: number) => `Compare version ${n} with another`,
    with: "with",
    compareWith: (n: number) => `Compare version ${n} with version`,
    between: (from: number, to: number) => `From version ${from} to version ${to}`,
    same: "In words, nothing is different between the two.",
    unknown: "One of the two was not written from a description, so only the files can be compared.",
    files: (n: number) => `Files for engineers (${plural(n, "difference", "differences")})`,
    noFiles: "The files are the same.",
    noLines: "No text, or too long to compare here.",
    fileWhat: { new: "new", gone: "gone", other: "changed" },
    close: "Close the comparison",
    looking: "Looking what would come back, and what would be set aside…",
    aside: "What happens to what came since:",
    asideNone: "Nothing was entered since then that would be set aside.",
    approved: (text: string) => `You allowed: ${text}`,
  },
};
