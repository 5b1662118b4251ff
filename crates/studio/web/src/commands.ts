/**
 * The commands that the studio tells people to type on the machine; they are the same in every language.
 */
export const commands = {
  /** Prints a new one-time link to the studio. */
  link: "autograph link",
  /** Starts a node on a data folder. */
  up: "autograph up --data FOLDER",
  /** Judges a source tree and puts it live. */
  deploy: "autograph deploy FOLDER",
  /** Erases what an app keeps about a person. */
  erase: (app: string) => `autograph erase ${app} NAME`,
};
