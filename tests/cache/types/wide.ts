import { defineResource } from "@algoitny/cache";

/** Wide and recursive entity types, as tools generate them: checking that they are JSON must stay cheap for the compiler. */
interface L0 {
  a: string;
  b: number | null;
  c: ("x" | "y" | "z")[];
  d?: { e: boolean };
}
interface L1 {
  p0: L0;
  q0: L0[] | null;
  r0: string | number;
  p1: L0;
  q1: L0[] | null;
  r1: string | number;
  p2: L0;
  q2: L0[] | null;
  r2: string | number;
  p3: L0;
  q3: L0[] | null;
  r3: string | number;
  p4: L0;
  q4: L0[] | null;
  r4: string | number;
  p5: L0;
  q5: L0[] | null;
  r5: string | number;
}
interface L2 {
  p0: L1;
  q0: L1[] | null;
  r0: string | number;
  p1: L1;
  q1: L1[] | null;
  r1: string | number;
  p2: L1;
  q2: L1[] | null;
  r2: string | number;
  p3: L1;
  q3: L1[] | null;
  r3: string | number;
  p4: L1;
  q4: L1[] | null;
  r4: string | number;
  p5: L1;
  q5: L1[] | null;
  r5: string | number;
}
interface L3 {
  p0: L2;
  q0: L2[] | null;
  r0: string | number;
  p1: L2;
  q1: L2[] | null;
  r1: string | number;
  p2: L2;
  q2: L2[] | null;
  r2: string | number;
  p3: L2;
  q3: L2[] | null;
  r3: string | number;
  p4: L2;
  q4: L2[] | null;
  r4: string | number;
  p5: L2;
  q5: L2[] | null;
  r5: string | number;
}
interface L4 {
  p0: L3;
  q0: L3[] | null;
  r0: string | number;
  p1: L3;
  q1: L3[] | null;
  r1: string | number;
  p2: L3;
  q2: L3[] | null;
  r2: string | number;
  p3: L3;
  q3: L3[] | null;
  r3: string | number;
  p4: L3;
  q4: L3[] | null;
  r4: string | number;
  p5: L3;
  q5: L3[] | null;
  r5: string | number;
}
interface L5 {
  p0: L4;
  q0: L4[] | null;
  r0: string | number;
  p1: L4;
  q1: L4[] | null;
  r1: string | number;
  p2: L4;
  q2: L4[] | null;
  r2: string | number;
  p3: L4;
  q3: L4[] | null;
  r3: string | number;
  p4: L4;
  q4: L4[] | null;
  r4: string | number;
  p5: L4;
  q5: L4[] | null;
  r5: string | number;
}
declare function loadWide(id: number): Promise<L5 | null>;
export const wide = defineResource({ name: "wide", ttl: "1 minute", load: loadWide });

interface User {
  id: string;
  posts: Post[];
  friends: User[];
  best: User | null;
}
interface Post {
  id: string;
  author: User;
  comments: Remark[];
}
interface Remark {
  by: User;
  on: Post;
}
declare function loadUser(id: number): Promise<User>;
export const recursive = defineResource({ name: "recursive", ttl: "1 minute", load: loadUser });
