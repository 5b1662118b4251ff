/** The bindings of whichever app uses the kit, resolved when that app is built. */
declare module "@app/backend" {
  import type { IDL } from "@icp-sdk/core/candid";

  export const idlFactory: IDL.InterfaceFactory;
}
