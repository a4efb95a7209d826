using VisionCluster.Server;

await VisionServer.Create(args).RunAsync();
