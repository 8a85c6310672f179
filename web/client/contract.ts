/**
 * Holds the hand-kept wire types to the server's own, which come from the Go structs by way of OpenAPI
 * (tools/gen-api.sh): a field the server renames or drops fails the type check here.
 */
import type { components } from './gen/api';
import type * as wire from './wire';

type Server = components['schemas'];
type Holds<Sent extends Read, Read> = [Sent, Read];

export type Contract = [
  Holds<Server['Row'], wire.Row>,
  Holds<Server['Conv'], wire.Conv>,
  Holds<Server['HelloOK'], wire.HelloOK>,
  Holds<Server['File'], wire.FileRef>,
  Holds<Server['Limits'], wire.Limits>,
  Holds<Server['Inbox'], wire.Inbox>,
  Holds<Server['Centre'], wire.Centre>,
  Holds<Server['MessageBody'], wire.MessageBody>,
  Holds<Server['Error'], wire.WireError>,
];
