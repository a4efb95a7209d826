using VisionCluster.Cli;

return await VisionCommand.RunAsync(args);
