/** The bindings of this app's backend, made from its Candid interface when the app is built. */
declare module "@app/backend" {
  import type { IDL } from "@icp-sdk/core/candid";

  /** Builds the Candid service. */
  export const idlFactory: IDL.InterfaceFactory;
}
