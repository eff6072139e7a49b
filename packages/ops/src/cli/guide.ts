import { guideText } from "../guide/guide-text.ts";

process.stdout.write(guideText());
