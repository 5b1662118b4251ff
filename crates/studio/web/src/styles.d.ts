/** Style sheets are imported for what they do to the page; they have no values. */
declare module "*.css";
