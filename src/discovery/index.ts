/**
 * What is in a registry: repositories, tags, kinds of images, lifecycle, what is selected for scanning.
 */
export * from './ports.ts'
