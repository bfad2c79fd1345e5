import { defaultHost } from "../../mod.ts";
import { describeSuite } from "./described.ts";

describeSuite("the default host", defaultHost);
