/**
 * Form of an entry in a list of web origins: an origin as browsers send it, or one with `*` for a single label before at
 * least two others (`https://*.example.com` is for `https://a.example.com`, not for `https://example.com` or
 * `https://a.b.example.com`).
 */
export const originPattern =
  /^https?:\/\/(\*(\.[a-z0-9-]{1,63}){2,}|[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*)(:(?!80$|443$)[1-9][0-9]{0,4})?$/;
