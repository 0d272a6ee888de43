/** The part of the page that trains the convolutional network: a bundle of its own, see ../page.ts. */

import { convolutional } from "../../digits/convolutional.js";
import type { Digits } from "./digits.js";
import { openSchool, type School } from "./learner.js";

export const open = (digits: Promise<Digits>): Promise<School> => openSchool(convolutional, digits);
