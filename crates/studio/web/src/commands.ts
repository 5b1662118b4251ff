/**
 * The commands that the studio tells people to type on the machine; they are the same in every language.
 */
export const commands = {
  /** Prints a new one-time link to the studio. */
  link: "autograph link",
  /** Writes an app into one file. */
  export: (app: string) => `autograph export ${app} ${app}.autograph`,
  /** Makes an app from such a file. */
  import: (app: string) => `autograph import ${app}.autograph`,
  /** Prints what an app keeps. */
  data: (app: string) => `autograph data ${app}`,
  /** Lets a language model on this machine make and change apps. */
  mcp: "autograph mcp",
};
