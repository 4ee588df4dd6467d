using Scoring.Rpc.InteropServer.Hosting;

return args switch
{
    ["interop", .. var rest] => await InteropMode.RunAsync(rest, Console.Out),
    ["conformance"] => await ConformanceMode.RunAsync(Console.OpenStandardInput(), Console.OpenStandardOutput()),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine(
        """
        usage: Scoring.Rpc.InteropServer interop [--port=N] [--http_port=N] [--use_tls=true] [--ports_file=F] [--cors_origin=O]
                   serves the interop cases of gRPC until it is told to stop
               Scoring.Rpc.InteropServer conformance
                   serves as the Connect conformance suite asks on standard input
        """
    );
    return 2;
}
