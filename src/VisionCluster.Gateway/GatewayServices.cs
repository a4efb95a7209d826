using System.Diagnostics;
using System.Text.Json.Serialization;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Dashboard;
using Scalar.AspNetCore;
using VisionCluster.Contracts.Telemetry;
using VisionCluster.Contracts.Tenancy;
using VisionCluster.Gateway.Admission;
using VisionCluster.Gateway.Authentication;
using VisionCluster.Gateway.Endpoints;
using VisionCluster.Gateway.Errors;
using VisionCluster.Gateway.Fetching;
using VisionCluster.Gateway.OpenApi;
using VisionCluster.Gateway.OpenInference;
using VisionCluster.Gateway.Playground;
using VisionCluster.Gateway.Rpc;
using VisionCluster.Gateway.Telemetry;
using VisionCluster.Gateway.Usage;

namespace VisionCluster.Gateway;

/// <summary>Registers the HTTP face.</summary>
public static class GatewayServices
{
    private const string Dashboard = "/dashboard";

    /// <summary>Adds the HTTP face; an Orleans grain factory must be registered beside it.</summary>
    public static IServiceCollection AddVisionGateway(this IServiceCollection services)
    {
        AddOptions<GatewayOptions>(services, GatewayOptions.Section);
        AddOptions<JwtOptions>(services, JwtOptions.Section);
        services.AddExceptionHandler<VisionExceptionHandler>();
        services.AddRpc();
        services.AddSingleton<IProblemDetailsWriter, OpenInferenceErrors>();
        services.AddProblemDetails(options => options.CustomizeProblemDetails = Complete);
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services.ConfigureHttpJsonOptions(options =>
        {
            options.SerializerOptions.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
            options.SerializerOptions.RespectRequiredConstructorParameters = true;
            options.SerializerOptions.DefaultIgnoreCondition = JsonIgnoreCondition.Never;
        });
        services.TryAddSingleton(TimeProvider.System);
        services.AddVisionAuthentication();
        AddOptions<TenantLimitOptions>(services, TenantLimitOptions.Section);
        services.AddTenantLimits();
        services.AddUsage();
        services.AddCompressedRequests();
        AddOptions<FetchOptions>(services, FetchOptions.Section);
        services.AddFetching();
        AddOptions<TelemetryOptions>(services, TelemetryOptions.Section);
        services.TryAddSingleton(static provider =>
            new TenantSeries(provider.GetRequiredService<IOptions<TelemetryOptions>>().Value.MaxTenants));
        services.AddSingleton<RequestInstruments>();
        services.AddHealthChecks();
        services.AddOpenApi("v1", static options => options.AddSchemaTransformer<ContractSchemas>().AddOperationTransformer(TaskExamples.AddAsync));
        return services;
    }

    /// <summary>Maps every endpoint.</summary>
    public static WebApplication MapVisionGateway(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        // Keys that cannot be used stop the server before it listens.
        app.Services.GetRequiredService<KeyRing>();
        app.Use(static (context, next) =>
        {
            ServerTiming.WriteTrace(context.Response);
            return next(context);
        });
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UseWebSockets();
        var options = app.Services.GetRequiredService<IOptions<GatewayOptions>>().Value;
        app.UseOperatorPort(options.OperatorPort);
        app.UseAuthentication();
        app.UseRequestTelemetry();
        app.UseUsage();
        app.UseAuthorization();
        app.UseRateLimiter();
        app.UseCompressedRequests();
        app.MapImages();
        app.MapTasks();
        app.MapLabelSets();
        app.MapOneShots();
        app.MapEverything();
        app.MapLive();
        app.MapBatch();
        app.MapEmbeddings();
        app.MapSearch();
        app.MapImageEmbeddings();
        app.MapOperations();
        app.MapUsage();
        app.MapOpenInference();
        app.MapRpc();
        if (options.Dashboard)
        {
            app.MapOrleansDashboard(Dashboard).ForOperators();
        }

        app.MapPlayground();
        app.MapOpenApi("/openapi/{documentName}.json");
        app.MapScalarApiReference("/docs");
        return app;
    }

    /// <summary>Gives errors that ASP.NET Core found itself the members of ours.</summary>
    private static void Complete(ProblemDetailsContext context)
    {
        var extensions = context.ProblemDetails.Extensions;
        extensions.TryAdd(VisionProblem.Code, ErrorStatus.CodeOf(context.HttpContext.Response.StatusCode).ToString());
        var code = (string)extensions[VisionProblem.Code]!;
        context.HttpContext.RequestServices.GetRequiredService<RequestInstruments>().Refused(code);
        Activity.Current?.SetTag(VisionTelemetry.ErrorCode, code);
        extensions["traceId"] = Activity.Current?.TraceId.ToString() ?? context.HttpContext.TraceIdentifier;
    }

    private static void AddOptions<T>(IServiceCollection services, string section)
        where T : class => services.AddOptions<T>().BindConfiguration(section).ValidateDataAnnotations().ValidateOnStart();
}
