/** What the device says about its network. */
export interface Network {
  online(): boolean;
  /** Calls the listener whenever the network comes back; the returned function ends that. */
  onOnline(listener: () => void): () => void;
}

interface BrowserGlobals {
  navigator?: { onLine?: boolean };
  addEventListener?: (type: 'online', listener: () => void) => void;
  removeEventListener?: (type: 'online', listener: () => void) => void;
}

/** The browser's word for it; elsewhere the network always counts as there. */
export const deviceNetwork: Network = {
  online: () => (globalThis as BrowserGlobals).navigator?.onLine !== false,
  onOnline: (listener) => {
    const { addEventListener, removeEventListener } = globalThis as BrowserGlobals;
    addEventListener?.call(globalThis, 'online', listener);
    return () => removeEventListener?.call(globalThis, 'online', listener);
  },
};
