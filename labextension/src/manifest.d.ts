/** The package's manifest, of which the bundler keeps what is used. The query keeps tsc from reading it. */
declare module '*package.json?manifest' {
  const manifest: { readonly version: string };
  export default manifest;
}
