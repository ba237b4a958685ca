/** The status page: its frame. Style and script are files of their own, as the page's security policy demands. */

export const PAGE_HTML = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Vitrine</title>
<link rel="stylesheet" href="/style.css">
<link rel="icon" href="data:,">
<script src="/script.js" defer></script>
</head>
<body>
<header>
<h1 id="title">Vitrine</h1>
<p id="state" role="status">connecting</p>
</header>
<main>
<figure>
<img id="preview" src="/preview.mjpeg" alt="The picture on the screen">
<figcaption><a href="/screenshot.png">Full size</a> <a href="/api/status">Status as JSON</a></figcaption>
</figure>
<div id="sections"></div>
</main>
<noscript>Figures need JavaScript; the live picture does not.</noscript>
</body>
</html>
`;
