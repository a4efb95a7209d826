using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;

namespace VisionCluster.Gateway.Authentication;

/// <summary>Who callers are: by a key, or by a token where those are let in.</summary>
internal static class AuthenticationSetup
{
    private const string KeyOrToken = "KeyOrToken";
    private const int PartsOfAToken = 3;

    public static void AddVisionAuthentication(this IServiceCollection services)
    {
        services.AddSingleton<KeyRing>();
        services.AddAuthentication(KeyOrToken)
            .AddPolicyScheme(KeyOrToken, null, static scheme =>
            {
                scheme.ForwardDefaultSelector = SchemeOf;
                scheme.ForwardChallenge = ApiKeyHandler.SchemeName;
                scheme.ForwardForbid = ApiKeyHandler.SchemeName;
            })
            .AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(ApiKeyHandler.SchemeName, null)
            .AddJwtBearer();
        JwtSetup.Configure(services);
        services.AddAuthorizationBuilder().AddPolicy(Operators.Policy, static policy => policy.RequireRole(Operators.Policy));
    }

    private static string SchemeOf(HttpContext context) =>
        ApiKeyHandler.BearerOf(context.Request) is { } token && token.Split('.').Length == PartsOfAToken
        && context.RequestServices.GetRequiredService<IOptions<JwtOptions>>().Value.IsConfigured
            ? JwtBearerDefaults.AuthenticationScheme
            : ApiKeyHandler.SchemeName;
}
