import { writePage } from "./build-page.ts";

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("give the folder to write the page into");
await writePage(folder);
