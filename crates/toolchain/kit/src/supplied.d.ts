/** What a build supplies: the bindings of whichever app uses the kit, and style sheets. */
declare module "@app/backend" {
  import type { IDL } from "@icp-sdk/core/candid";

  export const idlFactory: IDL.InterfaceFactory;
}

declare module "*.css";
