// The XML parser's own types bring in the browser's globals, which the server must not believe to have. No more of them is
// named than samlify's types name.
export declare const DOMParser: new () => object;
export type DOMParser = object;
export type Options = object;
