/** Words of the looking glass. */
export const words = {
  as: (role: string) => `See it as ${role}`,
  version: "Look at it",
  versionLong: (version: number) => `Look at it: version ${version} as it was`,
  title: "A look at the app",
  frame: "The app, as it is looked at",
  tab: "Open in a tab of its own",
  over: "A look ends when it was not used for a quarter of an hour.",
};
