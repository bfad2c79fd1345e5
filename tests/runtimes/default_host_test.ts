import { defaultHost } from "../../mod.ts";
import { suite } from "./suite.ts";

suite("the default host", defaultHost);
