export { forgetAnswers } from './forget-answers';
export { KeyedOnce, type NamedRequest } from './keyed-once';
export { everyTime, type Done, type Once } from './once';
