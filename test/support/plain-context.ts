/**
 * The environment of all tests: jest's for Node, in a context whose global object is an ordinary one. Jest gives its context an object to
 * intercept, and each use of a global such as `Math` costs a call out of compiled code: tests that compute took up to twice as long.
 */
import { TestEnvironment } from 'jest-environment-node';
import vm from 'node:vm';

type Arguments = ConstructorParameters<typeof TestEnvironment>;

/** Since Node 20.18 and 22.8; without it the tests are slower. */
const PLAIN = (vm as Partial<Pick<typeof vm, 'constants'>>).constants?.DONT_CONTEXTIFY;

class PlainContext extends TestEnvironment {
  constructor(...args: Arguments) {
    // There is no other way to hand it a context.
    const { createContext } = vm;
    if (PLAIN !== undefined) vm.createContext = (_, options) => createContext(PLAIN, options);
    try {
      super(...args);
    } finally {
      vm.createContext = createContext;
    }
  }
}

// How jest takes it.
export = PlainContext;
